-- SPDX-License-Identifier: BSD-3-Clause
{-# LANGUAGE OverloadedStrings #-}

module Main (main) where

import Control.Concurrent (forkIO, killThread, newEmptyMVar, putMVar, takeMVar, threadDelay)
import Control.Exception (evaluate, finally, try)
import Control.Monad (forM_, replicateM_)
import qualified Data.ByteString as B
import Data.Foldable (for_)
import Data.IORef (modifyIORef', newIORef, readIORef)
import Data.List (isInfixOf)
import qualified Data.Map as Map
import Data.String (fromString)
import Data.Word (Word32, Word8)
import Foreign.C.Error (eBADF, eNODEV)
import GoldenPrograms (goldenPrograms)
import Misuse (misuse)
import Network.PFQ hiding (read)
import qualified Network.PFQ as PFQ
import qualified Network.PFQ.Lang.Default as L
import Network.PFQ.Lang.Default (CIDR (..), InvalidProgram (..), NetFunction, NetPredicate, image, imageOrError, (>->))
import Network.PFQ.Lang.Experimental ((.<), (>.))
import Numeric (showHex)
import System.Environment (setEnv)
import Test.Hspec
import Test.QuickCheck

main :: IO ()
main = do
  golden <- readFile "../../packages/lang/golden/images.txt"
  hspec $ do
    describe "an image" (images (Map.fromList [(name, hex) | [name, hex] <- map words (lines golden)]))
    describe "a program" programs
    describe "a socket" sockets
    describe "a socket" misuse

images :: Map.Map String String -> Spec
images golden = do
  it "of each golden program has the golden bytes" $ do
    length goldenPrograms `shouldSatisfy` (>= 200)
    Map.fromList [(name, hexOf (image program)) | (name, program) <- goldenPrograms] == golden `shouldBe` True

  it "is the same for a chain however it is bracketed" . property $ \marks ->
    let functions = map L.mark (getNonEmpty marks)
     in image (foldr1 (>->) functions) === image (foldl1 (>->) functions)

  it "is the same with the constant on either side" . property $ \value ->
    image (L.filter (L.ip_ttl .< value)) === image (L.filter (value >. L.ip_ttl))

  it "has the length that its header tells, and a node for each step" . property $ \(NonEmpty ports) ->
    let octets = image (foldr1 (>->) [L.mark index >-> L.port each | (index, each) <- zip [0 ..] ports])
     in (little (B.take 4 (B.drop 8 octets)), little (B.take 4 (B.drop 16 octets)))
          === (B.length octets, 2 * length ports)

  it "keeps the octets of an address and clears the host bits" . property $ \a b c d (Prefix prefix) ->
    let text = concatMap show' [(a, "."), (b, "."), (c, "."), (d, "")]
        show' :: (Word8, String) -> String
        show' (octet, separator) = show octet ++ separator
        number = foldl (\sum' octet -> 256 * sum' + toInteger octet) 0 [a, b, c, d]
        kept = number - number `mod` (2 ^ (32 - prefix))
        octets = [fromInteger (kept `div` (256 ^ place) `mod` 256) | place <- [3, 2, 1, 0 :: Int]]
     in B.pack ([4, fromIntegral prefix, 0, 0, 0, 0, 0, 0] ++ octets) `B.isInfixOf` image (L.addr (CIDR (text, prefix)))

newtype Prefix = Prefix Int
  deriving (Show)

instance Arbitrary Prefix where
  arbitrary = Prefix <$> choose (0, 32)

little :: B.ByteString -> Int
little = B.foldr (\octet number -> fromIntegral octet + 256 * number) 0

hexOf :: B.ByteString -> String
hexOf = concatMap (\octet -> drop 1 (showHex (0x100 + fromIntegral octet :: Int) "")) . B.unpack

programs :: Spec
programs = do
  it "refuses what does not fit, by name" $ do
    refused (L.inc 64) "inc: counter: 64 is out of range: it goes from 0 to 63"
    refused (L.steer_to (2 ^ (31 :: Int))) "steer_to: index: 2147483648 is out of range: an Int goes from -2147483648"
    refused (L.vlan_id_filter [1, 5000]) "vlan_id_filter: vids: element 2: 5000 is out of range: it goes from 0 to 4095"
    refused (L.addr "300.1.1.1") "addr: network: \"300.1.1.1\" is no CIDR"
    refused (L.addr "10.0.0.0/33") "a prefix is a number from 0 to 32"
    refused (L.addr "10.0.0.0/08") "a prefix is a number from 0 to 32"
    refused (L.addr "1::2::3") "is no CIDR"
    refused (L.forward "a\0b") "forward: device: a String has no NUL character"
    refused (L.forward "\xd800") "no well-formed Unicode"

  it "has names for keys" $ do
    image (L.steer_key L.key_3tuple) `shouldBe` image (L.steer_key 0x38)
    image (L.steer_key L.key_5tuple) `shouldBe` image (L.steer_key 0x638)

  it "has sizes of Bloom filters" $ do
    (L.bloomCalcM 1000 0.01, L.bloomCalcN 10523 0.01, L.bloomCalcM 0 0.5) `shouldBe` (10523, 1000, 3)
    (round (100000 * L.bloomCalcP 1000 10523) :: Int) `shouldBe` 1000
    evaluate (L.bloomCalcM 10 1) `shouldThrow` \(InvalidProgram text) -> "share" `isInfixOf` text
    evaluate (L.bloomCalcP 10 0) `shouldThrow` \(InvalidProgram text) -> "bin" `isInfixOf` text

  it "throws where its bytes are used" $
    evaluate (B.length (image (L.inc 64))) `shouldThrow` \(InvalidProgram text) -> "counter" `isInfixOf` text

  it "takes networks of both kinds, as a pair and as a string" . property $ \(Prefix prefix) ->
    image (L.addr (CIDR ("10.1.2.3", prefix))) === image (L.addr (fromString ("10.1.2.3/" ++ show prefix)))

  it "may be long, and deep" $ do
    let chain = foldl (>->) L.ip (map L.mark [1 .. 20000])
        tests = foldl (L..&&.) L.is_tcp (map L.has_port [1 .. 20000]) :: NetPredicate
    B.length (image chain) `shouldSatisfy` (> 20000 * 144)
    B.length (image (L.filter tests)) `shouldSatisfy` (> 40000 * 144)

  it "is refused where it is too large" $ do
    refused (foldr1 (>->) (map L.mark [0 .. 70000])) "the program has more than 65536 nodes"
    refused (iterate (\twice -> twice >-> twice) L.ip !! 40) "the program has more than"
 where
  refused :: NetFunction -> String -> Expectation
  refused program words' = case imageOrError program of
    Left (InvalidProgram text) | words' `isInfixOf` text -> pure ()
    other -> expectationFailure (either show (const "it was taken") other)

-- | A reader and a sender of a memory device of their own.
onDevice :: String -> (Handle -> Handle -> IO a) -> IO a
onDevice name action =
  with (open 64 256 64 64) $ \q -> with (openNoGroup 64 64 1514 256) $ \sender -> do
    let device = "mem:haskell-" ++ name
    _ <- bindTx sender device anyQueue noKThread
    enable sender
    enable q
    bind q device anyQueue
    action q sender

frame :: Word8 -> B.ByteString
frame = B.replicate 60

sockets :: Spec
sockets = do
  it "gives packets in order, with their headers" . onDevice "order" $ \q sender -> do
    gid <- groupId q
    setGroupComputation q gid (L.mark 7 >-> L.put_state 9)
    forM_ [1 .. 100] $ \index -> send sender (frame index) 1 0
    syncQueue sender 0 `shouldReturn` 100
    packets <- PFQ.read q NoWait >>= getPackets
    map (B.head . packetBytes) packets `shouldBe` [1 .. 100]
    let header = packetHeader (head packets)
    (headerLength header, headerCaplen header, headerMark header, headerState header) `shouldBe` (60, 60, 7, 9)
    headerGroup header `shouldBe` gid
    headerLink header `shouldBe` linkEthernet
    index <- getIfindex q "mem:haskell-order"
    headerIfindex header `shouldBe` index
    headerSeconds header `shouldSatisfy` (> 0)
    (queueLength <$> PFQ.read q NoWait) `shouldReturn` 0

  it "gives what was sent, whatever it is" . property $ \(NonEmpty octets) -> ioProperty . onDevice "any" $ \q sender -> do
    let sent = B.pack (take 1514 octets)
    send sender sent 1 1
    packets <- PFQ.read q NoWait >>= getPackets
    pure (map (\packet -> (packetBytes packet, headerLength (packetHeader packet))) packets === [(B.take 64 sent, B.length sent)])

  it "is read by copying what has room, and leaves the rest" . onDevice "copied" $ \q sender -> do
    slot <- getRxSlotSize q
    let received room = map (\packet -> (B.head (packetBytes packet), B.length (packetBytes packet))) <$> recv q room NoWait
    forM_ [1 .. 6] $ \index -> send sender (frame index) 1 1
    kept <- recv q (4 * slot + slot - 1) NoWait
    received maxBound `shouldReturn` [(5, 60), (6, 60)]
    received slot `shouldReturn` []
    forM_ [7 .. 100] $ \index -> send sender (frame index) 1 1
    map (B.head . packetBytes) kept `shouldBe` [1 .. 4]
    map (headerLength . packetHeader) kept `shouldBe` [60, 60, 60, 60]
    received (slot - 1) `shouldThrow` says "a slot has"
    received minBound `shouldThrow` says "a slot has"
    length <$> received (1000 * slot) `shouldReturn` 94

  it "is read in place" . onDevice "place" $ \q sender -> do
    gid <- groupId q
    setGroupComputation q gid (L.mark 7)
    forM_ [1 .. 50] $ \index -> send sender (frame index) 1 1
    batch <- PFQ.read q NoWait
    octets <- foldPackets (\sum' packet -> (sum' +) <$> packetLength packet) 0 batch
    octets `shouldBe` 3000
    seen <- newIORef (0 :: Word32)
    forPackets batch $ \packet -> packetOctet packet 59 >>= \octet -> modifyIORef' seen (+ maybe 1000 fromIntegral octet)
    readIORef seen `shouldReturn` sum [1 .. 50]
    forPackets batch $ \packet -> packetOctet packet 60 `shouldReturn` Nothing
    forPackets batch $ \packet -> do
      packetMark packet `shouldReturn` 7
      header <- packetHeaderOf packet
      copy <- packetCopy packet
      packetHeader copy `shouldBe` header
    send sender (frame 1) 1 1
    dispatch q NoWait (\packet -> packetCaplen packet `shouldReturn` 60) `shouldReturn` 1

  it "is read lazily" . onDevice "lazy" $ \q sender -> do
    send sender (frame 1) 1 1
    packets <- lazyPackets q NoWait
    B.head (packetBytes (head packets)) `shouldBe` 1
    send sender (frame 2) 1 1
    map (B.head . packetBytes) packets `shouldBe` [1, 2]

  it "wakes a reader, which may be killed" . onDevice "wake" $ \q sender -> do
    done <- newEmptyMVar
    _ <- forkIO (PFQ.read q Forever >>= putMVar done . queueLength)
    threadDelay 20000
    send sender (frame 1) 1 1
    takeMVar done `shouldReturn` 1
    poll q (Microseconds 1000) `shouldReturn` False
    reader <- forkIO ((() <$ PFQ.read q Forever) `finally` putMVar done 0)
    threadDelay 20000
    killThread reader
    takeMVar done `shouldReturn` 0
    arm q `shouldReturn` False
    disarm q
    getFd q >>= (`shouldSatisfy` (>= 0))

  it "says why a call failed" $ do
    open 0 64 64 64 `shouldThrow` says "must be 1 to 262144"
    with (open 64 64 64 64) $ \q -> do
      PFQ.read q Forever `shouldThrow` says "not enabled"
      result <- try (bind q "no-such-device" anyQueue)
      for_ (either Just (const Nothing) result) $ \failure -> do
        (exceptionText failure, exceptionErrno failure == eNODEV) `shouldSatisfy` \(text, right) ->
          right && "no-such-device" `isInfixOf` text
      either (const True) (const False) (result :: Either PFQException ()) `shouldBe` True
      gid <- groupId q
      setGroupImage q gid "no image" `shouldThrow` says "image"

  it "fails when it is closed, and may be closed twice" $ do
    q <- open 64 64 64 64
    close q
    close q
    enable q `shouldThrow` \failure -> exceptionErrno failure == eBADF
    (with (open 64 64 64 64) pure >>= getStats) `shouldThrow` says "closed"

  it "has the parameters that were said" $
    with (openParam defaultParams {paramCaplen = 100, paramRxSlots = 100, paramTxSlots = 16, paramPolicy = Shared}) $ \q -> do
      mapM ($ q) [getCaplen, getRxSlots, getXmitlen, getTxSlots, getWeight] `shouldReturn` [100, 128, 1514, 16, 1]
      setCaplen q 64 >> setRxSlots q 64 >> setXmitlen q 64 >> setTxSlots q 32 >> setWeight q 3 >> setTimestamping q False
      mapM ($ q) [getCaplen, getRxSlots, getXmitlen, getTxSlots, getWeight] `shouldReturn` [64, 64, 64, 32, 3]
      isTimestampingEnabled q `shouldReturn` False
      isEnabled q `shouldReturn` False
      getMemAddress q `shouldReturn` Nothing
      enable q
      isEnabled q `shouldReturn` True
      slot <- getRxSlotSize q
      memory <- getMemSize q
      memory `shouldSatisfy` (> 64 * slot)
      getTxSlotSize q >>= (`shouldSatisfy` (>= 64))
      getHost q `shouldReturn` "user"
      socketId q >>= (`shouldSatisfy` (>= 0))
      disable q
      isEnabled q `shouldReturn` False

  it "steers, filters and counts in its groups" $
    with (openNoGroup 64 64 64 64) $ \a -> with (openNoGroup 64 64 64 64) $ \b -> with (openNoGroup 64 64 64 64) $ \sender -> do
      let device = "mem:haskell-groups"
          count q = queueLength <$> PFQ.read q NoWait
          both = (+) <$> count a <*> count b
      groupId a `shouldThrow` says "joinGroup"
      gid <- joinGroup a anyGroup classDefault Shared
      joinGroup b gid (classDefault <> classUserPlane) Shared `shouldReturn` gid
      getGroups a `shouldReturn` [gid]
      setGroupComputation a gid (L.inc 3 >-> L.steer_rrobin)
      mapM_ enable [a, b]
      bindGroup a gid device anyQueue
      _ <- bindTx sender device anyQueue noKThread
      enable sender
      replicateM_ 10 (send sender (frame 1) 1 1)
      both `shouldReturn` 10
      sums <- (<>) <$> getStats a <*> getStats b
      group <- getGroupStats a gid
      statsRecv sums `shouldBe` statsRecv group
      subtractStats sums group `shouldBe` mempty
      (!! 3) <$> getGroupCounters a gid `shouldReturn` 10
      figures <- getDeviceStats a device
      (deviceRecv figures, deviceState figures) `shouldBe` (10, Running)
      groupFprog a gid [Instruction 6 0 0 0]
      send sender (frame 1) 1 1
      both `shouldReturn` 0
      groupFprogReset a gid
      groupFprogFd a gid (-1) `shouldThrow` says "eBPF"
      vlanFiltersEnable a gid True
      vlanSetFilter a gid 7
      send sender (frame 1) 1 1
      both `shouldReturn` 0
      vlanSetFilter a gid vlanUntag
      send sender (frame 1) 1 1
      both `shouldReturn` 1
      vlanResetFilter a gid 7
      vlanFiltersEnable a gid False
      setGroupImage a gid ""
      send sender (frame 1) 2 1
      both `shouldReturn` 4
      unbindGroup a gid device anyQueue
      send sender (frame 1) 1 1
      both `shouldReturn` 0
      leaveGroup b gid
      getGroups b `shouldReturn` []

  it "stands for a device" . onDevice "in" $ \q sender -> with (open 64 64 64 64) $ \reader -> do
    enable reader
    bind reader "mem:haskell-out" anyQueue
    egressBind q "mem:haskell-out" anyQueue
    send sender (frame 1) 1 1
    (queueLength <$> PFQ.read reader NoWait) `shouldReturn` 1
    egressUnbind q
    unbind q "mem:haskell-in" anyQueue
    disable sender
    unbindTx sender

  it "has programs as text" . onDevice "text" $ \q sender -> do
    setEnv "PFQ_LANG" "../../packages/lang/bin/pfq-lang.js"
    gid <- groupId q
    setGroupComputationFromString q gid "main = mark 8"
    send sender (frame 1) 1 1
    (map (headerMark . packetHeader) <$> (PFQ.read q NoWait >>= getPackets)) `shouldReturn` [8]
    setGroupComputationFromJson q gid "[{}]" `shouldThrow` says "JSON"
    setGroupComputationFromFile q gid "/none" `shouldThrow` says "/none"

  it "has programs that log" . onDevice "log" $ \q sender -> do
    gid <- groupId q
    logged <- newIORef []
    setLogger (Just (\line -> modifyIORef' logged (line :)))
    setGroupComputation q gid (L.log_msg "seen")
    send sender (frame 1) 1 1
    (queueLength <$> PFQ.read q (Microseconds 1000000)) `shouldReturn` 1
    setLogger Nothing
    (any ("seen" `isInfixOf`) <$> readIORef logged) `shouldReturn` True

  it "has threads that send" $
    with (open 64 64 64 64) $ \q -> with (openNoGroup 64 64 1514 64) $ \sender -> do
      let received = map (B.length . packetBytes) <$> (PFQ.read q Forever >>= getPackets)
      enable q
      bind q "mem:haskell-async" anyQueue
      bindTx sender "mem:haskell-async" anyQueue 0 `shouldReturn` 0
      enable sender
      sendAsync sender (frame 1) 1 anyKThread
      received `shouldReturn` [60]
      sendRaw sender (B.take 20 (frame 1)) 0 1 0
      received `shouldReturn` [20]
      sendRaw sender (frame 1) maxBound 1 0
      asyncPending sender 0 >>= (`shouldSatisfy` (>= 1))
      sendAsync sender (frame 1) 1 7 `shouldThrow` says "7"
 where
  says words' failure = words' `isInfixOf` exceptionText failure
