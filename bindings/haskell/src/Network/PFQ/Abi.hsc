-- SPDX-License-Identifier: BSD-3-Clause
{-# LANGUAGE CPP #-}

-- | The constants and layouts of @pfq/abi.h@, read from it when this is compiled.
module Network.PFQ.Abi where

import Data.Int (Int32)
import Data.Word (Word16, Word32, Word64, Word8)
import Foreign.C.Types (CInt, CSize)
import Foreign.Ptr (Ptr, plusPtr)
import Foreign.Storable (peekByteOff, pokeByteOff)

#include <pfq/pfq.h>
#include <linux/filter.h>
#include <sys/socket.h>

-- Images.

imageMagic, imageNoNode :: Word32
imageMagic = #{const PFQ_IMAGE_MAGIC}
imageNoNode = #{const PFQ_IMAGE_NO_NODE}

imageVersion, primitivesVersion, imageList :: Word16
imageVersion = #{const PFQ_IMAGE_VERSION}
primitivesVersion = #{const PFQ_PRIMITIVES_VERSION}
imageList = #{const PFQ_IMAGE_LIST}

imageMaxNodes, imageMaxSize, maxArguments, headerSize, nodeSize, argumentSize :: Int
imageMaxNodes = #{const PFQ_IMAGE_MAX_NODES}
imageMaxSize = #{const PFQ_IMAGE_MAX_SIZE}
maxArguments = #{const PFQ_MAX_ARGUMENTS}
headerSize = #{size struct pfq_image}
nodeSize = #{size struct pfq_image_node}
argumentSize = #{size struct pfq_image_argument}

-- | The type of an argument, as an image tells it.
newtype ArgumentType = ArgumentType Word16
  deriving (Eq, Ord)

#{enum ArgumentType, ArgumentType
 , argInt = PFQ_ARG_Int
 , argInt8 = PFQ_ARG_Int8
 , argInt16 = PFQ_ARG_Int16
 , argInt32 = PFQ_ARG_Int32
 , argInt64 = PFQ_ARG_Int64
 , argWord8 = PFQ_ARG_Word8
 , argWord16 = PFQ_ARG_Word16
 , argWord32 = PFQ_ARG_Word32
 , argWord64 = PFQ_ARG_Word64
 , argDouble = PFQ_ARG_Double
 , argString = PFQ_ARG_String
 , argIPv4 = PFQ_ARG_IPv4
 , argIPv6 = PFQ_ARG_IPv6
 , argCIDR = PFQ_ARG_CIDR
 , argMAC = PFQ_ARG_MAC
 , argFun = PFQ_ARG_Fun
 }

-- Wildcards and sets.

qAnyQueue, qAnyGroup, qNoKThread, qAnyKThread, qVlanUntag, qVlanAnytag :: Int
qAnyQueue = #{const Q_ANY_QUEUE}
qAnyGroup = #{const Q_ANY_GROUP}
qNoKThread = #{const Q_NO_KTHREAD}
qAnyKThread = #{const Q_ANY_KTHREAD}
qVlanUntag = #{const Q_VLAN_UNTAG}
qVlanAnytag = #{const Q_VLAN_ANYTAG}

qClassDefault, qClassUserPlane, qClassControlPlane, qClassControl, qClassAny :: Word64
qClassDefault = #{const Q_CLASS_DEFAULT}
qClassUserPlane = #{const Q_CLASS_USER_PLANE}
qClassControlPlane = #{const Q_CLASS_CONTROL_PLANE}
qClassControl = #{const Q_CLASS_CONTROL}
qClassAny = #{const Q_CLASS_ANY}

qLinkEthernet, qLinkRaw, qLinkNull, qLinkSll, qLinkSll2, qLinkPpp :: Int
qLinkEthernet = #{const PFQ_LINK_ETHERNET}
qLinkRaw = #{const PFQ_LINK_RAW}
qLinkNull = #{const PFQ_LINK_NULL}
qLinkSll = #{const PFQ_LINK_SLL}
qLinkSll2 = #{const PFQ_LINK_SLL2}
qLinkPpp = #{const PFQ_LINK_PPP}

-- | The most packets in a batch.
readBatch :: Int
readBatch = #{const PFQ_READ_BATCH}

policyUndefined, policyPrivate, policyRestricted, policyShared :: Int
policyUndefined = #{const Q_POLICY_GROUP_UNDEFINED}
policyPrivate = #{const Q_POLICY_GROUP_PRIVATE}
policyRestricted = #{const Q_POLICY_GROUP_RESTRICTED}
policyShared = #{const Q_POLICY_GROUP_SHARED}

maxGroups, groupCounters :: Int
maxGroups = #{const PFQ_MAX_GROUPS}
groupCounters = #{const PFQ_GROUP_COUNTERS}

deviceRunning, deviceFinished :: Word32
deviceRunning = #{const PFQ_DEVICE_RUNNING}
deviceFinished = #{const PFQ_DEVICE_FINISHED}

familyIPv4, familyIPv6 :: CInt
familyIPv4 = #{const AF_INET}
familyIPv6 = #{const AF_INET6}

-- Structures: their sizes, and their fields.

statsSize, countersSize, deviceStatsSize, netQueueSize, pktHdrSize, groupMaskSize :: Int
statsSize = #{size struct pfq_stats}
countersSize = #{size struct pfq_counters}
deviceStatsSize = #{size struct pfq_device_stats}
netQueueSize = #{size struct pfq_net_queue}
pktHdrSize = #{size struct pfq_pkthdr}
groupMaskSize = #{size struct pfq_group_mask}

statsFields :: [Ptr a -> IO Word64]
statsFields =
  [ #{peek struct pfq_stats, recv}
  , #{peek struct pfq_stats, lost}
  , #{peek struct pfq_stats, drop}
  , #{peek struct pfq_stats, sent}
  , #{peek struct pfq_stats, disc}
  , #{peek struct pfq_stats, fail}
  , #{peek struct pfq_stats, frwd}
  , #{peek struct pfq_stats, kern}
  ]

deviceFields :: [Ptr a -> IO Word64]
deviceFields =
  [ #{peek struct pfq_device_stats, recv}
  , #{peek struct pfq_device_stats, lost}
  , #{peek struct pfq_device_stats, sent}
  , #{peek struct pfq_device_stats, fail}
  , #{peek struct pfq_device_stats, position}
  , #{peek struct pfq_device_stats, size}
  ]

deviceState :: Ptr a -> IO Word32
deviceState = #{peek struct pfq_device_stats, state}

deviceText :: Ptr a -> Ptr b
deviceText = #{ptr struct pfq_device_stats, text}

queueBegin :: Ptr a -> IO (Ptr b)
queueBegin = #{peek struct pfq_net_queue, queue}

queueLength, queueSlotSize :: Ptr a -> IO CSize
queueLength = #{peek struct pfq_net_queue, len}
queueSlotSize = #{peek struct pfq_net_queue, slot_size}

hdrSeconds, hdrNanoseconds, hdrCaplen, hdrLen, hdrMark, hdrState :: Ptr a -> IO Word32
hdrSeconds = #{peek struct pfq_pkthdr, tstamp.tv.sec}
hdrNanoseconds = #{peek struct pfq_pkthdr, tstamp.tv.nsec}
hdrCaplen = #{peek struct pfq_pkthdr, caplen}
hdrLen = #{peek struct pfq_pkthdr, len}
hdrMark = #{peek struct pfq_pkthdr, info.data.mark}
hdrState = #{peek struct pfq_pkthdr, info.data.state}

hdrIfindex :: Ptr a -> IO Int32
hdrIfindex = #{peek struct pfq_pkthdr, info.ifindex}

hdrTci, hdrQueue, hdrGid, hdrLink :: Ptr a -> IO Word16
hdrTci = #{peek struct pfq_pkthdr, info.vlan.tci}
hdrQueue = #{peek struct pfq_pkthdr, info.queue}
hdrGid = #{peek struct pfq_pkthdr, info.gid}
hdrLink = #{peek struct pfq_pkthdr, info.link}

programSize, instructionSize :: Int
programSize = #{size struct sock_fprog}
instructionSize = #{size struct sock_filter}

pokeProgram :: Ptr a -> Word16 -> Ptr b -> IO ()
pokeProgram at count instructions = do
  #{poke struct sock_fprog, len} at count
  #{poke struct sock_fprog, filter} at instructions

pokeInstruction :: Ptr a -> Word16 -> Word8 -> Word8 -> Word32 -> IO ()
pokeInstruction at code ifTrue ifFalse operand = do
  #{poke struct sock_filter, code} at code
  #{poke struct sock_filter, jt} at ifTrue
  #{poke struct sock_filter, jf} at ifFalse
  #{poke struct sock_filter, k} at operand
