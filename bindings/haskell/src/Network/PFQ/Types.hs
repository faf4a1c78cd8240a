-- SPDX-License-Identifier: BSD-3-Clause
{-# LANGUAGE GeneralizedNewtypeDeriving #-}

-- |
-- Description : Numbers and sets with types of their own, packets, figures, failures
module Network.PFQ.Types
  ( -- * What a socket is opened with
    Params (..)
  , defaultParams

    -- * Numbers
  , GroupId (..)
  , anyGroup
  , Queue (..)
  , anyQueue
  , KThread (..)
  , noKThread
  , anyKThread
  , VlanId (..)
  , vlanUntag
  , vlanAnytag

    -- * Times to wait
  , Wait (..)

    -- * Groups
  , GroupPolicy (..)
  , ClassMask (..)
  , classOf
  , classDefault
  , classUserPlane
  , classControlPlane
  , classControl
  , classAny

  , Instruction (..)

    -- * Packets
  , NetQueue (..)
  , PacketRef (..)
  , Packet (..)
  , Header (..)
  , Link (..)
  , linkEthernet
  , linkRaw
  , linkNull
  , linkSll
  , linkSll2
  , linkPpp

    -- * Figures
  , Stats (..)
  , subtractStats
  , DeviceState (..)
  , DeviceStats (..)

    -- * Failures
  , PFQException (..)
  ) where

import Control.Exception (Exception (..))
import Data.Bits (Bits, shiftL, (.|.))
import Data.ByteString (ByteString)
import Data.Word (Word16, Word32, Word64, Word8)
import Foreign.C.Error (Errno (..))
import Foreign.Ptr (Ptr)
import Network.PFQ.Abi (qAnyGroup, qAnyKThread, qAnyQueue, qClassAny, qClassControl, qClassControlPlane, qClassDefault, qClassUserPlane, qLinkEthernet, qLinkNull, qLinkPpp, qLinkRaw, qLinkSll, qLinkSll2, qNoKThread, qVlanAnytag, qVlanUntag)

-- | The sizes and the first group of a socket.
data Params = Params
  { paramCaplen :: !Int
  -- ^ Octets of a packet to capture.
  , paramRxSlots :: !Int
  -- ^ Packets that the Rx queue holds.
  , paramXmitlen :: !Int
  -- ^ Octets of a packet to send.
  , paramTxSlots :: !Int
  -- ^ Packets that a Tx queue holds.
  , paramPolicy :: !GroupPolicy
  -- ^ The policy of the group that is made for the socket; 'Undefined' makes none.
  , paramClassMask :: !ClassMask
  -- ^ The socket's classes in that group.
  }
  deriving (Eq, Show)

-- | 1514 octets, 4096 slots to receive and 1024 to send, a private group.
defaultParams :: Params
defaultParams = Params 1514 4096 1514 1024 Private classDefault

-- | The number of a group.
newtype GroupId = GroupId Int
  deriving (Eq, Ord, Show, Num)

-- | A free group.
anyGroup :: GroupId
anyGroup = GroupId qAnyGroup

-- | A hardware queue of a device, or a Tx queue of a socket.
newtype Queue = Queue Int
  deriving (Eq, Ord, Show, Num)

-- | All queues of a device.
anyQueue :: Queue
anyQueue = Queue qAnyQueue

-- | A thread that sends.
newtype KThread = KThread Int
  deriving (Eq, Ord, Show, Num)

-- | No thread: the program's calls send.
noKThread :: KThread
noKThread = KThread qNoKThread

-- | Any of the threads.
anyKThread :: KThread
anyKThread = KThread qAnyKThread

-- | A VLAN id, as a VLAN filter takes it.
newtype VlanId = VlanId Int
  deriving (Eq, Ord, Show, Num)

-- | Packets without a tag.
vlanUntag :: VlanId
vlanUntag = VlanId qVlanUntag

-- | Packets with any tag.
vlanAnytag :: VlanId
vlanAnytag = VlanId qVlanAnytag

-- | How long a call waits for packets.
data Wait
  = -- | Not at all.
    NoWait
  | -- | So many microseconds.
    Microseconds !Int
  | -- | Until there are some.
    Forever
  deriving (Eq, Show)

-- | Who may join a group.
data GroupPolicy
  = -- | No group.
    Undefined
  | -- | The socket that made it.
    Private
  | -- | The sockets of the process that made it.
    Restricted
  | -- | Any socket.
    Shared
  deriving (Eq, Show, Enum, Bounded)

-- | A set of classes; '<>' joins two.
newtype ClassMask = ClassMask Word64
  deriving (Eq, Show, Bits)

instance Semigroup ClassMask where
  ClassMask a <> ClassMask b = ClassMask (a .|. b)

instance Monoid ClassMask where
  mempty = ClassMask 0

-- | The class of this number, 0 to 63.
classOf :: Int -> ClassMask
classOf = ClassMask . shiftL 1

-- | Class 0.
classDefault :: ClassMask
classDefault = ClassMask qClassDefault

-- | Class 1.
classUserPlane :: ClassMask
classUserPlane = ClassMask qClassUserPlane

-- | Class 2.
classControlPlane :: ClassMask
classControlPlane = ClassMask qClassControlPlane

-- | Class 63, which management sockets are of.
classControl :: ClassMask
classControl = ClassMask qClassControl

-- | All classes.
classAny :: ClassMask
classAny = ClassMask qClassAny

-- | An instruction of classic BPF.
data Instruction = Instruction
  { instructionCode :: !Word16
  , instructionIfTrue :: !Word8
  -- ^ Instructions to skip if a comparison holds,
  , instructionIfFalse :: !Word8
  -- ^ and if it does not.
  , instructionOperand :: !Word32
  }
  deriving (Eq, Show)

-- | A batch of packets, in place: valid until its socket is read again, disabled or closed.
data NetQueue = NetQueue
  { queueSlots :: !(Ptr ())
  -- ^ The first slot.
  , queueLength :: !Int
  -- ^ Packets in the batch.
  , queueSlotSize :: !Int
  -- ^ Octets from one slot to the next.
  }
  deriving (Eq, Show)

-- | A packet in place, valid as long as its batch.
newtype PacketRef = PacketRef (Ptr ())
  deriving (Eq, Ord, Show)

-- | A packet that was copied.
data Packet = Packet
  { packetHeader :: !Header
  , packetBytes :: !ByteString
  -- ^ The octets that were captured.
  }
  deriving (Eq, Show)

-- | What is known about a packet.
data Header = Header
  { headerSeconds :: !Word32
  -- ^ When it was received: seconds since the epoch,
  , headerNanoseconds :: !Word32
  -- ^ and nanoseconds.
  , headerCaplen :: !Int
  -- ^ Octets captured.
  , headerLength :: !Int
  -- ^ Octets on the wire.
  , headerIfindex :: !Int
  -- ^ The device that received it.
  , headerMark :: !Word32
  -- ^ The mark that the computation gave it.
  , headerState :: !Word32
  -- ^ The state of the run.
  , headerVlan :: !Word16
  -- ^ The outermost VLAN tag: priority, DEI, id; 0 where there is none.
  , headerQueue :: !Queue
  -- ^ The hardware queue of the device.
  , headerGroup :: !GroupId
  -- ^ The group that delivered it.
  , headerLink :: !Link
  -- ^ What its octets begin with.
  }
  deriving (Eq, Show)

-- | What a packet begins with.
newtype Link = Link Int
  deriving (Eq, Ord, Show, Num)

-- | An Ethernet header.
linkEthernet :: Link
linkEthernet = Link qLinkEthernet

-- | IPv4 or IPv6.
linkRaw :: Link
linkRaw = Link qLinkRaw

-- | The header of BSD's loopback.
linkNull :: Link
linkNull = Link qLinkNull

-- | Linux's cooked header,
linkSll :: Link
linkSll = Link qLinkSll

-- | and its second version.
linkSll2 :: Link
linkSll2 = Link qLinkSll2

-- | PPP.
linkPpp :: Link
linkPpp = Link qLinkPpp

-- | The figures of a socket or a group; '<>' sums two.
data Stats = Stats
  { statsRecv :: !Word64
  -- ^ Packets received.
  , statsLost :: !Word64
  -- ^ Lost because a queue was full.
  , statsDrop :: !Word64
  -- ^ Dropped by filters and computations.
  , statsSent :: !Word64
  -- ^ Sent.
  , statsDisc :: !Word64
  -- ^ Discarded on transmission.
  , statsFail :: !Word64
  -- ^ Not sent by a device.
  , statsFrwd :: !Word64
  -- ^ Forwarded to devices.
  , statsKern :: !Word64
  -- ^ Given to the host's own stack.
  }
  deriving (Eq, Show)

instance Semigroup Stats where
  (<>) = eachStat (+)

instance Monoid Stats where
  mempty = Stats 0 0 0 0 0 0 0 0

-- | What came to the first figures since the second.
subtractStats :: Stats -> Stats -> Stats
subtractStats = eachStat (-)

eachStat :: (Word64 -> Word64 -> Word64) -> Stats -> Stats -> Stats
eachStat op a b = Stats (on statsRecv) (on statsLost) (on statsDrop) (on statsSent) (on statsDisc) (on statsFail) (on statsFrwd) (on statsKern)
 where
  on field = field a `op` field b

-- | What a device that is bound is doing.
data DeviceState
  = -- | It receives.
    Running
  | -- | It was a file, and has come to its end.
    Finished
  | -- | It failed, with this reason.
    Failed String
  deriving (Eq, Show)

-- | The figures of a device.
data DeviceStats = DeviceStats
  { deviceState :: !DeviceState
  , deviceRecv :: !Word64
  -- ^ Packets that reached the engine.
  , deviceLost :: !Word64
  -- ^ Lost before the engine saw them.
  , deviceSent :: !Word64
  -- ^ Sent.
  , deviceFail :: !Word64
  -- ^ Not sent.
  , devicePosition :: !Word64
  -- ^ Of a file: octets read,
  , deviceSize :: !Word64
  -- ^ and octets in all.
  }
  deriving (Eq, Show)

-- | Why a call failed.
data PFQException = PFQException
  { exceptionErrno :: !Errno
  , exceptionText :: !String
  -- ^ One line: what, where, and the remedy.
  , exceptionNode :: !(Maybe Int)
  -- ^ The node of the computation that is at fault.
  }

instance Show PFQException where
  show = displayException

instance Exception PFQException where
  displayException = exceptionText
