-- SPDX-License-Identifier: BSD-3-Clause
{-# LANGUAGE BangPatterns #-}

-- |
-- Description : Sockets, groups and devices of PFQ
--
-- A socket owns a queue of received packets, and queues of packets to send. A group owns a computation and filters, and
-- has sockets as members. A device is bound to a group and feeds it: a network interface by its name; and, in the user
-- host, @pcap:FILE@, @mem:NAME@, and a cable @mem:A=B@.
--
-- > with (open 64 4096 64 64) $ \q -> do
-- >   gid <- groupId q
-- >   setGroupComputation q gid (ip >-> steer_flow)
-- >   enable q
-- >   bind q "eth0" anyQueue
-- >   packets <- read q Forever >>= getPackets
-- >   mapM_ print packets
--
-- Calls that fail throw 'PFQException'. One thread at a time may receive from a socket, and one send on it; the other calls
-- may be made by any number of threads. Programs that wait for packets are linked with @-threaded@; a thread that waits can
-- be killed (also where exceptions are masked, as a wait is interruptible), and 'close' and 'disable' by another thread end
-- the wait with an exception.
module Network.PFQ
  ( -- * Life
    Handle
  , with
  , open
  , openNoGroup
  , openGroup
  , openParam
  , close
  , enable
  , disable
  , isEnabled
  , socketId
  , groupId
  , getFd
  , getHost

    -- * Parameters
  , setCaplen
  , getCaplen
  , setXmitlen
  , getXmitlen
  , setRxSlots
  , getRxSlots
  , setTxSlots
  , getTxSlots
  , getRxSlotSize
  , getTxSlotSize
  , setWeight
  , getWeight
  , setTimestamping
  , isTimestampingEnabled
  , getMemSize
  , getMemAddress
  , getIfindex
  , setPromisc
  , hugepagesMountpoint

    -- * Groups
  , joinGroup
  , leaveGroup
  , getGroups
  , bind
  , unbind
  , bindGroup
  , unbindGroup
  , egressBind
  , egressUnbind

    -- * Computations and filters
  , setGroupComputation
  , setGroupImage
  , setGroupComputationFromString
  , setGroupComputationFromJson
  , setGroupComputationFromFile
  , setLogger
  , groupFprog
  , groupFprogFd
  , groupFprogReset
  , vlanFiltersEnable
  , vlanSetFilter
  , vlanResetFilter

    -- * Receiving
  , read
  , recv
  , getPackets
  , forPackets
  , foldPackets
  , lazyPackets
  , dispatch
  , poll
  , arm
  , disarm

    -- * A packet in place
  , packetCaplen
  , packetLength
  , packetMark
  , packetHeaderOf
  , packetOctet
  , packetCopy

    -- * Sending
  , bindTx
  , unbindTx
  , send
  , sendAsync
  , sendRaw
  , asyncPending
  , syncQueue

    -- * Figures
  , getStats
  , getGroupStats
  , getGroupCounters
  , getDeviceStats

    -- * Types
  , module Network.PFQ.Types
  ) where

import Control.Concurrent (MVar, modifyMVar_, newMVar)
import Control.Exception (SomeException, allowInterrupt, bracket, catch, displayException, mask_, throwIO)
import Control.Monad (forM, forM_, void, when)
import Data.Bits (testBit)
import qualified Data.ByteString as B
import qualified Data.ByteString.Internal as B (fromForeignPtr, mallocByteString)
import qualified Data.ByteString.Unsafe as B
import Data.IORef (IORef, atomicModifyIORef', newIORef, readIORef)
import Data.Int (Int32, Int64)
import Data.Word (Word32, Word64, Word8)
import Foreign.C.Error (Errno (..), eBADF, eINVAL)
import Foreign.C.String (CString)
import Foreign.C.Types (CInt, CLong)
import Foreign.ForeignPtr (withForeignPtr)
import Foreign.Marshal.Alloc (allocaBytes)
import Foreign.Marshal.Array (peekArray)
import Foreign.Ptr (FunPtr, Ptr, castPtr, freeHaskellFunPtr, nullFunPtr, nullPtr, plusPtr)
import Foreign.Storable (peekByteOff)
import GHC.Clock (getMonotonicTimeNSec)
import qualified GHC.Foreign as Encoded (peekCString, withCString)
import GHC.IO.Encoding (getFileSystemEncoding)
import qualified Network.PFQ.Abi as Abi
import Network.PFQ.Foreign
import Network.PFQ.Lang (NetFunction, image)
import Network.PFQ.Types
import System.IO (TextEncoding, hPutStrLn, stderr, utf8)
import System.IO.Unsafe (unsafeInterleaveIO, unsafePerformIO)
import Prelude hiding (read)

-- | A socket. It is closed by 'with' or 'close'; calls on one that is closed fail.
newtype Handle = Handle (IORef Q)

-- | Opens a socket with the first action and closes it when the second one ends, however that is.
with :: IO Handle -> (Handle -> IO a) -> IO a
with open' = bracket open' close

-- | With a private group of its own.
open
  :: Int -- ^ octets of a packet to capture
  -> Int -- ^ packets that the Rx queue holds
  -> Int -- ^ octets of a packet to send
  -> Int -- ^ packets that a Tx queue holds
  -> IO Handle
open = openGroup classDefault Private

-- | With the same sizes, as a member of no group.
openNoGroup :: Int -> Int -> Int -> Int -> IO Handle
openNoGroup caplen rxSlots xmitlen txSlots =
  opening (c_open_nogroup (size caplen) (size rxSlots) (size xmitlen) (size txSlots))

-- | With a new group, as a member of these classes.
openGroup :: ClassMask -> GroupPolicy -> Int -> Int -> Int -> Int -> IO Handle
openGroup (ClassMask classes) policy caplen rxSlots xmitlen txSlots =
  opening (c_open_group classes (policyNumber policy) (size caplen) (size rxSlots) (size xmitlen) (size txSlots))

-- | By named parameters, as in @openParam defaultParams { paramCaplen = 64 }@.
openParam :: Params -> IO Handle
openParam (Params caplen rxSlots xmitlen txSlots policy classes) = case policy of
  Undefined -> openNoGroup caplen rxSlots xmitlen txSlots
  _ -> openGroup classes policy caplen rxSlots xmitlen txSlots

opening :: IO Int64 -> IO Handle
opening call = call >>= succeeded >>= newIORef . pointer >>= pure . Handle

-- | Leaves all groups and frees the queues. No error on a socket that is closed.
close :: Handle -> IO ()
close (Handle reference) = do
  q <- atomicModifyIORef' reference (\q -> (nullPtr, q))
  void (c_close q >>= succeeded)

-- | Makes the queues and takes packets from here on.
enable :: Handle -> IO ()
enable = command c_enable

-- | Takes packets no more, and frees the queues.
disable :: Handle -> IO ()
disable = command c_disable

-- | Whether the socket is enabled.
isEnabled :: Handle -> IO Bool
isEnabled q = (== 1) <$> checked q c_is_enabled

-- | A small number that tells sockets apart.
socketId :: Handle -> IO Int
socketId q = int <$> checked q c_id

-- | The first group of the socket; fails if it has none.
groupId :: Handle -> IO GroupId
groupId q = do
  groups <- getGroups q
  case groups of
    [] -> throwIO (PFQException eBADF "the socket is a member of no group: call joinGroup" Nothing)
    _ -> GroupId . int <$> checked q c_group_id

-- | A file descriptor that is readable when there are packets. The program must not read or close it.
getFd :: Handle -> IO Int
getFd q = int <$> checked q c_get_fd

-- | @user@ or @kernel@.
getHost :: Handle -> IO String
getHost handle = opened handle >>= c_host >>= succeeded >>= peekName . pointer

-- | Octets of a packet to capture. Sizes are set while the socket is not enabled.
setCaplen :: Handle -> Int -> IO ()
setCaplen q octets = command (`c_set_caplen` size octets) q

-- | Octets of a packet that are captured.
getCaplen :: Handle -> IO Int
getCaplen q = int <$> checked q c_get_caplen

-- | Octets of a packet to send.
setXmitlen :: Handle -> Int -> IO ()
setXmitlen q octets = command (`c_set_xmitlen` size octets) q

-- | Octets of a packet that can be sent.
getXmitlen :: Handle -> IO Int
getXmitlen q = int <$> checked q c_get_xmitlen

-- | Packets that the Rx queue holds; rounded up to a power of two.
setRxSlots :: Handle -> Int -> IO ()
setRxSlots q slots = command (`c_set_rx_slots` size slots) q

-- | Packets that the Rx queue holds.
getRxSlots :: Handle -> IO Int
getRxSlots q = int <$> checked q c_get_rx_slots

-- | Packets that a Tx queue holds; rounded up to a power of two.
setTxSlots :: Handle -> Int -> IO ()
setTxSlots q slots = command (`c_set_tx_slots` size slots) q

-- | Packets that a Tx queue holds.
getTxSlots :: Handle -> IO Int
getTxSlots q = int <$> checked q c_get_tx_slots

-- | Octets of an Rx slot.
getRxSlotSize :: Handle -> IO Int
getRxSlotSize q = int <$> checked q c_get_rx_slot_size

-- | Octets of a Tx slot.
getTxSlotSize :: Handle -> IO Int
getTxSlotSize q = int <$> checked q c_get_tx_slot_size

-- | The socket's share of steered packets.
setWeight :: Handle -> Int -> IO ()
setWeight q weight = command (`c_set_weight` number weight) q

-- | The socket's share of steered packets.
getWeight :: Handle -> IO Int
getWeight q = int <$> checked q c_get_weight

-- | Whether packets carry the time of their reception.
setTimestamping :: Handle -> Bool -> IO ()
setTimestamping q on = command (`c_timestamping_enable` truth on) q

-- | Whether packets carry the time of their reception.
isTimestampingEnabled :: Handle -> IO Bool
isTimestampingEnabled q = (== 1) <$> checked q c_is_timestamping_enabled

-- | Octets of an enabled socket's queues.
getMemSize :: Handle -> IO Int
getMemSize q = int <$> checked q c_mem_size

-- | Where the memory of an enabled socket's queues begins; 'Nothing' if it is not enabled.
getMemAddress :: Handle -> IO (Maybe (Ptr ()))
getMemAddress (Handle reference) = do
  address <- readIORef reference >>= c_mem_addr
  pure (if address == nullPtr then Nothing else Just address)

-- | The index of a device.
getIfindex :: Handle -> String -> IO Int
getIfindex q device = withName device (\name -> int <$> checked q (`c_ifindex` name))

-- | Switches promiscuous mode, for as long as the socket is open.
setPromisc :: Handle -> String -> Bool -> IO ()
setPromisc q device on = withName device (\name -> command (\p -> c_set_promisc p name (truth on)) q)

-- | Where the system has mounted HugePages.
hugepagesMountpoint :: IO (Maybe String)
hugepagesMountpoint = do
  place <- c_hugepages_mountpoint
  if place == nullPtr then pure Nothing else Just <$> peekName place

-- | Joins a group ('anyGroup': a free one), which is made if there is none of that number. Gives its number.
joinGroup :: Handle -> GroupId -> ClassMask -> GroupPolicy -> IO GroupId
joinGroup q (GroupId gid) (ClassMask classes) policy =
  GroupId . int <$> checked q (\p -> c_join_group p (number gid) classes (policyNumber policy))

-- | A group ends when its last member leaves.
leaveGroup :: Handle -> GroupId -> IO ()
leaveGroup q (GroupId gid) = command (`c_leave_group` number gid) q

-- | The groups of the socket.
getGroups :: Handle -> IO [GroupId]
getGroups q = allocaBytes Abi.groupMaskSize $ \mask -> do
  command (`c_get_groups` mask) q
  masks <- peekArray (Abi.maxGroups `div` 64) (castPtr mask) :: IO [Word64]
  pure [GroupId (64 * index + bit) | (index, word) <- zip [0 ..] masks, bit <- [0 .. 63], testBit word bit]

-- | Feeds the socket's first group from a device, or one of its queues.
bind :: Handle -> String -> Queue -> IO ()
bind q device (Queue queue) = withName device (\name -> command (\p -> c_bind p name (number queue)) q)

-- | Feeds it from the device no more.
unbind :: Handle -> String -> Queue -> IO ()
unbind q device (Queue queue) = withName device (\name -> command (\p -> c_unbind p name (number queue)) q)

-- | Feeds a group that the socket is a member of.
bindGroup :: Handle -> GroupId -> String -> Queue -> IO ()
bindGroup q (GroupId gid) device (Queue queue) =
  withName device (\name -> command (\p -> c_bind_group p (number gid) name (number queue)) q)

-- | Feeds it from the device no more.
unbindGroup :: Handle -> GroupId -> String -> Queue -> IO ()
unbindGroup q (GroupId gid) device (Queue queue) =
  withName device (\name -> command (\p -> c_unbind_group p (number gid) name (number queue)) q)

-- | The socket stands for a device: what it is given is transmitted there.
egressBind :: Handle -> String -> Queue -> IO ()
egressBind q device (Queue queue) = withName device (\name -> command (\p -> c_egress_bind p name (number queue)) q)

-- | The socket is given its packets again.
egressUnbind :: Handle -> IO ()
egressUnbind = command c_egress_unbind

-- | Loads a program into a group.
setGroupComputation :: Handle -> GroupId -> NetFunction -> IO ()
setGroupComputation q gid = setGroupImage q gid . image

-- | Loads an image into a group; an empty one removes the computation.
setGroupImage :: Handle -> GroupId -> B.ByteString -> IO ()
setGroupImage q (GroupId gid) octets =
  B.unsafeUseAsCStringLen octets $ \(address, length') ->
    command (\p -> c_set_group_computation p (number gid) address (size length')) q

-- | A program as text, which pfq-lang compiles (@PFQ_LANG@, or on @PATH@).
setGroupComputationFromString :: Handle -> GroupId -> String -> IO ()
setGroupComputationFromString = from withText c_set_group_computation_from_string

-- | A program as JSON, as @pfq-lang compile --emit json@ writes it; it needs no compiler.
setGroupComputationFromJson :: Handle -> GroupId -> String -> IO ()
setGroupComputationFromJson = from withText c_set_group_computation_from_json

-- | A file: an image or JSON, which need no compiler; or a text.
setGroupComputationFromFile :: Handle -> GroupId -> FilePath -> IO ()
setGroupComputationFromFile = from withName c_set_group_computation_from_file

from
  :: (String -> (CString -> IO ()) -> IO ()) -> (Q -> CInt -> CString -> IO Int64) -> Handle -> GroupId -> String -> IO ()
from passed call q (GroupId gid) text = passed text (\given -> command (\p -> call p (number gid) given) q)

-- | What is called with each line that computations of this process write ('log_msg' and the like), by the threads that
-- receive, one at a time; 'Nothing' for standard error. It must neither wait nor call libpfq. On the kernel host lines go
-- to the kernel's log. What it throws is written to standard error.
setLogger :: Maybe (String -> IO ()) -> IO ()
setLogger wanted = modifyMVar_ currentLogger $ \before -> do
  after <- maybe (return nullFunPtr) (\write -> c_logger (\_ line -> peekName line >>= guarded . write)) wanted
  c_set_logger after nullPtr
  when (before /= nullFunPtr) (freeHaskellFunPtr before)
  return after
 where
  guarded action = action `catch` \failure -> hPutStrLn stderr (displayException (failure :: SomeException))

currentLogger :: MVar (FunPtr Logger)
currentLogger = unsafePerformIO (newMVar nullFunPtr)
{-# NOINLINE currentLogger #-}

-- | A classic BPF program that runs before the computation.
groupFprog :: Handle -> GroupId -> [Instruction] -> IO ()
groupFprog q (GroupId gid) instructions =
  allocaBytes Abi.programSize $ \program -> allocaBytes (count * Abi.instructionSize) $ \at -> do
    forM_ (zip [0 ..] instructions) $ \(index, Instruction code ifTrue ifFalse operand) ->
      Abi.pokeInstruction (at `plusPtr` (index * Abi.instructionSize)) code ifTrue ifFalse operand
    Abi.pokeProgram program (fromIntegral (min 0xffff count)) (at :: Ptr ())
    command (\p -> c_group_fprog p (number gid) program) q
 where
  count = length instructions

-- | An eBPF program of type socket filter, by its descriptor, which stays the caller's. On the kernel host alone.
groupFprogFd :: Handle -> GroupId -> Int -> IO ()
groupFprogFd q (GroupId gid) fd = command (\p -> c_group_fprog_fd p (number gid) (number fd)) q

-- | Removes the filter, of either kind.
groupFprogReset :: Handle -> GroupId -> IO ()
groupFprogReset q (GroupId gid) = command (`c_group_fprog_reset` number gid) q

-- | A VLAN filter, which begins by letting nothing through.
vlanFiltersEnable :: Handle -> GroupId -> Bool -> IO ()
vlanFiltersEnable q (GroupId gid) on = command (\p -> c_vlan_filters_enable p (number gid) (truth on)) q

-- | Lets packets of this VLAN through.
vlanSetFilter :: Handle -> GroupId -> VlanId -> IO ()
vlanSetFilter q (GroupId gid) (VlanId vid) = command (\p -> c_vlan_set_filter p (number gid) (number vid)) q

-- | Lets them through no more.
vlanResetFilter :: Handle -> GroupId -> VlanId -> IO ()
vlanResetFilter q (GroupId gid) (VlanId vid) = command (\p -> c_vlan_reset_filter p (number gid) (number vid)) q

-- | Releases the batch that was read last, and gives the next: an empty one if no packet came in time.
read :: Handle -> Wait -> IO NetQueue
read q wait = allocaBytes Abi.netQueueSize $ \batch -> do
  void (waiting q wait (`c_read_now` batch) (`c_read` batch))
  NetQueue <$> Abi.queueBegin batch <*> (int <$> Abi.queueLength batch) <*> (int <$> Abi.queueSlotSize batch)

-- | Copies of the packets that come, of as many as have room in so many octets of slots: one slot ('getRxSlotSize') is the
-- least. They are copied in one piece, which is shared by the packets, and their slots are released at once. No packets if none
-- came in time.
recv :: Handle -> Int -> Wait -> IO [Packet]
recv q octets wait = do
  slotSize <- getRxSlotSize q
  let room = max 0 (min octets (slotSize * Abi.readBatch))
  buffer <- B.mallocByteString room
  withForeignPtr buffer $ \at -> allocaBytes Abi.netQueueSize $ \batch -> do
    let receive p = c_recv p (castPtr at) (size room) batch
    count <- int <$> waiting q wait receive receive
    forM [0, slotSize .. (count - 1) * slotSize] $ \slot -> do
      header <- headerAt (at `plusPtr` slot)
      pure (Packet header (B.fromForeignPtr buffer (slot + Abi.pktHdrSize) (headerCaplen header)))

-- | Copies of the packets of a batch.
getPackets :: NetQueue -> IO [Packet]
getPackets queue = mapM packetCopy (references queue)

-- | Looks at each packet of a batch, in place.
forPackets :: NetQueue -> (PacketRef -> IO ()) -> IO ()
forPackets queue action = foldPackets (const action) () queue
{-# INLINE forPackets #-}

-- | Goes through the packets of a batch in place, strictly.
foldPackets :: (a -> PacketRef -> IO a) -> a -> NetQueue -> IO a
foldPackets step start (NetQueue slots count slotSize) = go start slots
 where
  end = slots `plusPtr` (count * slotSize)
  -- Strict in the state, so that GHC keeps it unboxed.
  go !state at
    | at == end = pure state
    | otherwise = step state (PacketRef at) >>= \next -> go next (at `plusPtr` slotSize)
{-# INLINE foldPackets #-}

references :: NetQueue -> [PacketRef]
references (NetQueue slots count slotSize) = [PacketRef (slots `plusPtr` (index * slotSize)) | index <- [0 .. count - 1]]

-- | Copies of the packets that come, read as the list is looked at; it ends when none came in time.
lazyPackets :: Handle -> Wait -> IO [Packet]
lazyPackets q wait = unsafeInterleaveIO $ do
  packets <- read q wait >>= getPackets
  if null packets then pure [] else (packets ++) <$> lazyPackets q wait

-- | Reads a batch and looks at each of its packets in place. Gives how many there were.
dispatch :: Handle -> Wait -> (PacketRef -> IO ()) -> IO Int
dispatch q wait action = do
  queue <- read q wait
  forPackets queue action
  pure (queueLength queue)

-- | Waits until there is a packet to read; whether there is one.
poll :: Handle -> Wait -> IO Bool
poll q wait = (== 1) <$> waiting q wait c_poll c_poll

-- | For event loops: whether there are packets; if not, the descriptor of 'getFd' becomes readable when there are.
arm :: Handle -> IO Bool
arm q = (== 1) <$> checked q c_arm

-- | Makes the descriptor unreadable again, before the next 'arm'.
disarm :: Handle -> IO ()
disarm = command c_disarm

-- | Octets captured.
packetCaplen :: PacketRef -> IO Int
packetCaplen (PacketRef at) = int <$> Abi.hdrCaplen at
{-# INLINE packetCaplen #-}

-- | Octets on the wire.
packetLength :: PacketRef -> IO Int
packetLength (PacketRef at) = int <$> Abi.hdrLen at
{-# INLINE packetLength #-}

-- | The mark that the computation gave it.
packetMark :: PacketRef -> IO Word32
packetMark (PacketRef at) = Abi.hdrMark at
{-# INLINE packetMark #-}

-- | All of its header: times, device, tags, ...
packetHeaderOf :: PacketRef -> IO Header
packetHeaderOf (PacketRef at) = headerAt at
{-# INLINE packetHeaderOf #-}

-- | An octet of the packet; 'Nothing' beyond those captured.
packetOctet :: PacketRef -> Int -> IO (Maybe Word8)
packetOctet packet@(PacketRef at) index = do
  caplen <- packetCaplen packet
  if index < 0 || index >= caplen then pure Nothing else Just <$> peekByteOff at (Abi.pktHdrSize + index)

-- | The packet as a value that stays.
packetCopy :: PacketRef -> IO Packet
packetCopy (PacketRef at) = do
  header <- headerAt at
  Packet header <$> B.packCStringLen (at `plusPtr` Abi.pktHdrSize, headerCaplen header)

headerAt :: Ptr () -> IO Header
headerAt at =
  Header
    <$> Abi.hdrSeconds at
    <*> Abi.hdrNanoseconds at
    <*> (int <$> Abi.hdrCaplen at)
    <*> (int <$> Abi.hdrLen at)
    <*> (int <$> Abi.hdrIfindex at)
    <*> Abi.hdrMark at
    <*> Abi.hdrState at
    <*> Abi.hdrTci at
    <*> (Queue . int <$> Abi.hdrQueue at)
    <*> (GroupId . int <$> Abi.hdrGid at)
    <*> (Link . int <$> Abi.hdrLink at)

-- | Makes a Tx queue for a device, of a socket that is not enabled. 'noKThread': it is sent by the calls below. Gives the index of
-- the queue.
bindTx :: Handle -> String -> Queue -> KThread -> IO Queue
bindTx q device (Queue queue) (KThread thread) =
  withName device (\name -> Queue . int <$> checked q (\p -> c_bind_tx p name (number queue) (number thread)))

-- | Unbinds all Tx queues.
unbindTx :: Handle -> IO ()
unbindTx = command c_unbind_tx

-- | Copies a packet into the first Tx queue, to be sent so often. The queue is sent when it holds @sync@ packets: 1 is at once,
-- 0 not before 'syncQueue' or when it is full.
send
  :: Handle
  -> B.ByteString -- ^ the packet
  -> Int -- ^ copies
  -> Int -- ^ sync
  -> IO ()
send q packet copies sync =
  B.unsafeUseAsCStringLen packet $ \(address, length') ->
    command (\p -> c_send p address (size length') (size copies) (fromIntegral (max 0 (min 0xffffffff sync)))) q

-- | Copies a packet into an asynchronous queue, which a thread sends: that of this index, or ('anyKThread') the one that the hash of
-- its flow picks. Fails with @EAGAIN@ while the queue is full.
sendAsync
  :: Handle
  -> B.ByteString -- ^ the packet
  -> Int -- ^ copies
  -> KThread
  -> IO ()
sendAsync q packet copies (KThread thread) =
  B.unsafeUseAsCStringLen packet $ \(address, length') ->
    command (\p -> c_send_async p address (size length') (size copies) (number thread)) q

-- | The same for a packet that is not to be sent before a time. With 'noKThread' it goes into the first synchronous queue.
sendRaw
  :: Handle
  -> B.ByteString -- ^ the packet
  -> Word64 -- ^ nanoseconds since the epoch; 0 is at once
  -> Int -- ^ copies
  -> KThread
  -> IO ()
sendRaw q packet time copies (KThread thread) =
  B.unsafeUseAsCStringLen packet $ \(address, length') ->
    command (\p -> c_send_raw p address (size length') time (size copies) (number thread)) q

-- | Packets of an asynchronous queue that its thread has not sent yet, copies not counted.
asyncPending :: Handle -> Queue -> IO Int
asyncPending q (Queue queue) = int <$> checked q (`c_async_pending` number queue)

-- | Sends what is in a Tx queue. Gives the number of packets that went out.
syncQueue :: Handle -> Queue -> IO Int
syncQueue q (Queue queue) = int <$> checked q (`c_sync_queue` number queue)

-- | The figures of the socket.
getStats :: Handle -> IO Stats
getStats q = allocaBytes Abi.statsSize $ \stats -> command (`c_get_stats` stats) q >> peekStats stats

-- | The figures of a group.
getGroupStats :: Handle -> GroupId -> IO Stats
getGroupStats q (GroupId gid) = allocaBytes Abi.statsSize $ \stats ->
  command (\p -> c_get_group_stats p (number gid) stats) q >> peekStats stats

peekStats :: Ptr () -> IO Stats
peekStats at = do
  figures <- mapM ($ at) Abi.statsFields
  case figures of
    [received, lost, dropped, sent, discarded, unsent, forwarded, kernel] ->
      pure (Stats received lost dropped sent discarded unsent forwarded kernel)
    _ -> error "Stats has other fields than pfq_stats"

-- | The counters of a group.
getGroupCounters :: Handle -> GroupId -> IO [Word64]
getGroupCounters q (GroupId gid) = allocaBytes Abi.countersSize $ \counters -> do
  command (\p -> c_get_group_counters p (number gid) counters) q
  peekArray Abi.groupCounters (castPtr counters)

-- | What came of a device that is bound or otherwise in use.
getDeviceStats :: Handle -> String -> IO DeviceStats
getDeviceStats q device = allocaBytes Abi.deviceStatsSize $ \at -> withName device $ \name -> do
  command (\p -> c_get_device_stats p name at) q
  state <- Abi.deviceState at
  text <- peekName (Abi.deviceText at)
  figures <- mapM ($ at) Abi.deviceFields
  let standing
        | state == Abi.deviceRunning = Running
        | state == Abi.deviceFinished = Finished
        | otherwise = Failed text
  case figures of
    [received, lost, sent, unsent, position, total] -> pure (DeviceStats standing received lost sent unsent position total)
    _ -> error "DeviceStats has other fields than pfq_device_stats"

-- | The handle of libpfq.
opened :: Handle -> IO Q
opened (Handle reference) = do
  q <- readIORef reference
  when (q == nullPtr) (throwIO (PFQException eBADF "the socket is closed" Nothing))
  pure q
{-# INLINE opened #-}

-- | The value of a call; its failure is an exception.
checked :: Handle -> (Q -> IO Int64) -> IO Int64
checked handle call = opened handle >>= call >>= succeeded
{-# INLINE checked #-}

command :: (Q -> IO Int64) -> Handle -> IO ()
command call q = void (checked q call)

succeeded :: Int64 -> IO Int64
succeeded value = when (value < 0) (failed (pointer (negate value))) >> pure value
{-# INLINE succeeded #-}

pointer :: Int64 -> Ptr a
pointer address = nullPtr `plusPtr` int address

failed :: Ptr FailureT -> IO a
failed failure = mask_ $ do
  exception <-
    PFQException . Errno
      <$> peekByteOff failure 0
      <*> peekName (failure `plusPtr` 8)
      <*> ((\node -> if node < 0 then Nothing else Just (int node)) <$> (peekByteOff failure 4 :: IO Int32))
  c_forget failure
  throwIO exception

-- | A call that may wait, and gives 0 if it did so for nothing; the first function is the one that does not wait. What
-- interrupts a thread just before it begins to wait is not heard: so it waits in pieces, and looks up after each.
waiting :: Handle -> Wait -> (Q -> CLong -> IO Int64) -> (Q -> CLong -> IO Int64) -> IO Int64
waiting handle wait callNow call = case wait of
  NoWait -> checked handle (`callNow` 0)
  Forever -> for'
  Microseconds time -> do
    now <- microseconds
    until' (now + fromIntegral (max 0 time))
 where
  for' = piece longest >>= orAgain for'
  until' end = do
    now <- microseconds
    if now >= end
      then checked handle (`callNow` 0)
      else piece (min longest (end - now)) >>= orAgain (until' end)
  piece time = checked handle (`call` fromIntegral time)
  orAgain again value = if value == 0 then allowInterrupt >> again else pure value
  longest = 50000
  microseconds = (`div` 1000) <$> getMonotonicTimeNSec
{-# INLINE waiting #-}

-- | A name of the system's: of a device, a file. A program is UTF-8, wherever it runs.
withName, withText :: String -> (CString -> IO a) -> IO a
withName text action = getFileSystemEncoding >>= \encoding -> withEncoded encoding text action
withText = withEncoded utf8

withEncoded :: TextEncoding -> String -> (CString -> IO a) -> IO a
withEncoded encoding text action = do
  when ('\0' `elem` text) $
    throwIO (PFQException eINVAL (show (takeWhile (/= '\0') text) ++ " goes on after a NUL character") Nothing)
  Encoded.withCString encoding text action

peekName :: CString -> IO String
peekName text = getFileSystemEncoding >>= \encoding -> Encoded.peekCString encoding text

policyNumber :: GroupPolicy -> CInt
policyNumber policy = fromIntegral $ case policy of
  Undefined -> Abi.policyUndefined
  Private -> Abi.policyPrivate
  Restricted -> Abi.policyRestricted
  Shared -> Abi.policyShared

int :: Integral a => a -> Int
int = fromIntegral
{-# INLINE int #-}

number :: Int -> CInt
number = fromIntegral . max (-0x80000000) . min 0x7fffffff

-- | A size below 0 is one that the call refuses.
size :: Num a => Int -> a
size = fromIntegral

truth :: Bool -> CInt
truth on = if on then 1 else 0
