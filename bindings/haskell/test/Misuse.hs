-- SPDX-License-Identifier: BSD-3-Clause
{-# LANGUAGE OverloadedStrings #-}

-- | Every function of a socket, called wrongly: on one that is closed, in every state, by several threads, by one that is
-- killed. It does what it says, or throws a 'PFQException'.
module Misuse (misuse) where

import Control.Concurrent (forkFinally, forkIO, killThread, newEmptyMVar, putMVar, takeMVar, threadDelay, throwTo, yield)
import Control.Exception (AsyncException (UserInterrupt), SomeException, fromException, mask_, throwIO, try)
import Control.Monad (forM, forM_, forever, replicateM, replicateM_, unless, void, when)
import qualified Data.ByteString as B
import Data.IORef (atomicModifyIORef', newIORef, readIORef)
import Data.List (isInfixOf)
import Foreign.C.Error (Errno (..), eBADF, eBUSY, eINVAL)
import Foreign.C.Types (CInt)
import Network.PFQ hiding (read)
import qualified Network.PFQ as PFQ
import qualified Network.PFQ.Lang.Default as L
import System.Environment (setEnv)
import System.Timeout (timeout)
import Test.Hspec

-- | What a function is given.
data With = With {number :: Int, text :: String}

-- | A name, and the function.
type Call = (String, Handle -> With -> IO ())

-- | Those that fail on a socket that is closed.
calls :: [Call]
calls =
  [ ("enable", \q _ -> enable q)
  , ("disable", \q _ -> disable q)
  , ("isEnabled", \q _ -> void (isEnabled q))
  , ("socketId", \q _ -> void (socketId q))
  , ("groupId", \q _ -> void (groupId q))
  , ("getFd", \q _ -> void (getFd q))
  , ("getHost", \q _ -> void (getHost q))
  , ("setCaplen", \q a -> setCaplen q (number a))
  , ("getCaplen", \q _ -> void (getCaplen q))
  , ("setXmitlen", \q a -> setXmitlen q (number a))
  , ("getXmitlen", \q _ -> void (getXmitlen q))
  , ("setRxSlots", \q a -> setRxSlots q (number a))
  , ("getRxSlots", \q _ -> void (getRxSlots q))
  , ("setTxSlots", \q a -> setTxSlots q (number a))
  , ("getTxSlots", \q _ -> void (getTxSlots q))
  , ("getRxSlotSize", \q _ -> void (getRxSlotSize q))
  , ("getTxSlotSize", \q _ -> void (getTxSlotSize q))
  , ("setWeight", \q a -> setWeight q (number a))
  , ("getWeight", \q _ -> void (getWeight q))
  , ("setTimestamping", \q a -> setTimestamping q (number a == 0))
  , ("isTimestampingEnabled", \q _ -> void (isTimestampingEnabled q))
  , ("getMemSize", \q _ -> void (getMemSize q))
  , ("getIfindex", \q a -> void (getIfindex q (text a)))
  , ("setPromisc", \q a -> setPromisc q (text a) (number a == 0))
  , ("joinGroup", \q a -> void (joinGroup q (GroupId (number a)) classDefault Shared))
  , ("leaveGroup", \q a -> leaveGroup q (GroupId (number a)))
  , ("getGroups", \q _ -> void (getGroups q))
  , ("bind", \q a -> bind q (text a) (Queue (number a)))
  , ("unbind", \q a -> unbind q (text a) (Queue (number a)))
  , ("bindGroup", \q a -> bindGroup q (GroupId (number a)) (text a) anyQueue)
  , ("unbindGroup", \q a -> unbindGroup q (GroupId (number a)) (text a) anyQueue)
  , ("egressBind", \q a -> egressBind q (text a) (Queue (number a)))
  , ("egressUnbind", \q _ -> egressUnbind q)
  , ("setGroupComputation", \q a -> setGroupComputation q (GroupId (number a)) L.ip)
  , ("setGroupImage", \q a -> setGroupImage q (GroupId (number a)) "no image")
  , ("setGroupComputationFromString", \q a -> setGroupComputationFromString q (GroupId (number a)) (text a))
  , ("setGroupComputationFromJson", \q a -> setGroupComputationFromJson q (GroupId (number a)) (text a))
  , ("setGroupComputationFromFile", \q a -> setGroupComputationFromFile q (GroupId (number a)) (text a))
  , ("groupFprog", \q a -> groupFprog q (GroupId (number a)) [Instruction 6 0 0 0])
  , ("groupFprog", \q a -> groupFprog q 0 (replicate (number a `mod` 100000) (Instruction 6 0 0 0)))
  , ("groupFprogFd", \q a -> groupFprogFd q (GroupId (number a)) (number a))
  , ("groupFprogReset", \q a -> groupFprogReset q (GroupId (number a)))
  , ("vlanFiltersEnable", \q a -> vlanFiltersEnable q (GroupId (number a)) True)
  , ("vlanSetFilter", \q a -> vlanSetFilter q 0 (VlanId (number a)))
  , ("vlanResetFilter", \q a -> vlanResetFilter q 0 (VlanId (number a)))
  , ("read", \q _ -> void (PFQ.read q NoWait))
  , ("recv", \q a -> void (recv q (number a) NoWait))
  , ("lazyPackets", \q _ -> lazyPackets q NoWait >>= mapM_ (\packet -> packet `seq` pure ()))
  , ("dispatch", \q _ -> void (dispatch q NoWait (void . packetCopy)))
  , ("poll", \q a -> void (poll q (Microseconds (min 1 (number a)))))
  , ("arm", \q _ -> void (arm q))
  , ("disarm", \q _ -> disarm q)
  , ("bindTx", \q a -> void (bindTx q (text a) anyQueue (KThread (number a))))
  , ("unbindTx", \q _ -> unbindTx q)
  , ("send", \q a -> send q (B.replicate 60 1) (number a) (number a))
  , ("send", \q a -> send q (B.replicate (number a `mod` 100000) 1) 1 1)
  , ("sendAsync", \q a -> sendAsync q B.empty (number a) (KThread (number a)))
  , ("sendRaw", \q a -> sendRaw q (B.replicate 60 1) maxBound (number a) (KThread (number a)))
  , ("asyncPending", \q a -> void (asyncPending q (Queue (number a))))
  , ("syncQueue", \q a -> void (syncQueue q (Queue (number a))))
  , ("getStats", \q _ -> void (getStats q))
  , ("getGroupStats", \q a -> void (getGroupStats q (GroupId (number a))))
  , ("getGroupCounters", \q a -> void (getGroupCounters q (GroupId (number a))))
  , ("getDeviceStats", \q a -> void (getDeviceStats q (text a)))
  ]

-- | What a call throws, if it is no more than it may: one line.
thrownBy :: IO () -> IO (Maybe PFQException)
thrownBy call = do
  result <- try call
  case result of
    Left failure | null (exceptionText failure) || '\n' `elem` exceptionText failure -> throwIO failure
    Left failure -> pure (Just failure)
    Right () -> pure Nothing

value :: Errno -> CInt
value (Errno number') = number'

errnoOf :: PFQException -> CInt
errnoOf = value . exceptionErrno

-- | With each of the values, one at a time.
callWithAll :: Handle -> Call -> IO ()
callWithAll q (_, call) = do
  forM_ [0, -1, 1, 64, 255, 65536, 2 ^ (32 :: Int), maxBound, minBound] $ \number' -> thrownBy (call q (With number' "mem:misuse"))
  forM_ ["", "mem:misuse", "a\nb", "mem:misuse\0more", replicate 100000 'x'] $ \text' -> thrownBy (call q (With 0 text'))

-- | Waits without end.
waits :: [(String, Handle -> IO ())]
waits =
  [ ("read", \q -> void (PFQ.read q Forever))
  , ("recv", \q -> void (recv q 65536 Forever))
  , ("dispatch", \q -> void (dispatch q Forever (const (pure ()))))
  , ("poll", \q -> void (poll q Forever))
  , ("read for long", \q -> void (PFQ.read q (Microseconds maxBound)))
  , ("lazyPackets", \q -> lazyPackets q Forever >>= mapM_ (`seq` pure ()))
  ]

enabled :: (Handle -> IO a) -> IO a
enabled action = with (open 64 64 64 64) $ \q -> enable q >> action q

misuse :: Spec
misuse = do
  it "that is closed fails every call" $ do
    q <- open 64 64 64 64
    close q
    forM_ calls $ \(name, call) -> do
      result <- thrownBy (call q (With 0 "mem:misuse"))
      (name, errnoOf <$> result, exceptionText <$> result) `shouldBe` (name, Just (value eBADF), Just "the socket is closed")
    mapM_ (callWithAll q) calls
    getMemAddress q `shouldReturn` Nothing
    close q

  it "works or throws in every state" $ do
    setEnv "PFQ_LANG" "/bin/false"
    forM_ calls $ \call -> do
      with (openNoGroup 64 64 64 64) (`callWithAll` call)
      with (open 64 64 64 64) $ \q -> do
        _ <- bindTx q "mem:misuse" anyQueue noKThread
        _ <- bindTx q "mem:misuse" anyQueue 0
        enable q
        callWithAll q call
    mapM_ (\size -> thrownBy (void (with (open size size size size) pure))) [0, -1, minBound, maxBound]

  it "is refused a text with a NUL in it" . with (open 64 64 64 64) $ \q -> do
    result <- thrownBy (bind q "mem:a\0b" anyQueue)
    (errnoOf <$> result, exceptionText <$> result) `shouldBe` (Just (value eINVAL), Just "\"mem:a\" goes on after a NUL character")

  it "lets a thread that waits be interrupted, at whatever moment" . enabled $ \q ->
    forM_ waits $ \(name, wait) -> do
      forM_ [0, 1, 2, 5, 10, 20, 50, 100, 200, 20000] $ \moment -> do
        result <- timeout 5000000 (replicateM_ 20 (timeout moment (wait q)))
        (name, moment, result) `shouldBe` (name, moment, Just ())
      thread <- forkIO (mask_ (wait q))
      threadDelay 1000
      (name, ()) `shouldBeSoon` killThread thread

  it "is read by one thread at a time, and by the next when that one is killed" . enabled $ \q -> do
    reader <- forkIO (void (PFQ.read q Forever))
    threadDelay 20000
    result <- thrownBy (void (PFQ.read q NoWait))
    errnoOf <$> result `shouldBe` Just (value eBUSY)
    killThread reader
    queueLength <$> PFQ.read q NoWait `shouldReturn` 0

  it "ends another thread's wait when it is disabled or closed" . forM_ [disable, close] $ \end ->
    forM_ waits $ \(name, wait) -> enabled $ \q -> do
      ended <- newEmptyMVar
      _ <- forkIO (thrownBy (wait q) >>= putMVar ended)
      threadDelay 5000
      end q
      result <- timeout 5000000 (takeMVar ended)
      (name, fmap errnoOf <$> result) `shouldBe` (name, Just (Just (value eBADF)))

  it "may be called by any number of threads" $
    with (open 64 64 64 64) $ \q -> with (openNoGroup 64 64 64 64) $ \sender -> do
      problems <- newIORef []
      _ <- bindTx sender "mem:misuse-threads" anyQueue noKThread
      enable sender
      threads <- forM [1 .. 6 :: Int] $ \index -> do
        ended <- newEmptyMVar
        thread <- forkFinally (forever (callSome q index >> yield)) $ \result -> do
          case result of
            Left failure | Just UserInterrupt <- fromException failure -> pure ()
            Left failure -> atomicModifyIORef' problems (\told -> (show (failure :: SomeException) : told, ()))
            Right () -> pure ()
          putMVar ended ()
        pure (thread, ended)
      forM_ [1 .. 300 :: Int] $ \_ -> do
        _ <- thrownBy (enable q)
        _ <- thrownBy (bind q "mem:misuse-threads" anyQueue)
        replicateM_ 10 (thrownBy (send sender (B.replicate 60 1) 1 1))
        _ <- thrownBy (disable q)
        threadDelay 100
      close q
      forM_ threads $ \(thread, ended) -> do
        throwTo thread UserInterrupt
        ((), ()) `shouldBeSoon` takeMVar ended
      readIORef problems `shouldReturn` []

  it "tells a thread of its own failure" . with (open 64 64 64 64) $ \q -> do
    results <- forM [1 .. 8 :: Int] $ \index -> do
      result <- newEmptyMVar
      _ <- forkIO $ do
        texts <- replicateM 500 (maybe "" exceptionText <$> thrownBy (setWeight q (negate index)))
        putMVar result (filter (/= "weight -" ++ show index ++ ": must be 1 to 1024") texts)
      pure result
    mapM takeMVar results `shouldReturn` replicate 8 []

  it "goes on where a logger throws" . enabled $ \q -> with (openNoGroup 64 64 64 64) $ \sender -> do
    called <- newIORef (0 :: Int)
    gid <- groupId q
    bind q "mem:misuse-logger" anyQueue
    _ <- bindTx sender "mem:misuse-logger" anyQueue noKThread
    enable sender
    setLogger . Just $ \line -> do
      atomicModifyIORef' called (\count -> (count + 1, ()))
      when ("seen" `isInfixOf` line) (ioError (userError "a logger that throws: this line is right"))
    setGroupComputation q gid (L.log_msg "seen")
    replicateM_ 3 (send sender (B.replicate 60 1) 1 1)
    setLogger Nothing
    (length <$> recv q 65536 NoWait) `shouldReturn` 3
    count <- readIORef called
    unless (count > 0) (expectationFailure "the logger was not called")
 where
  -- It has to come to an end in five seconds.
  shouldBeSoon :: (Show a, Eq a) => (a, ()) -> IO () -> Expectation
  shouldBeSoon (name, done) action = do
    result <- timeout 5000000 action
    (name, result) `shouldBe` (name, Just done)
  callSome q index = forM_ (drop index calls) $ \(name, call) ->
    unless (name `elem` ["enable", "disable", "setGroupComputationFromString"]) (void (thrownBy (call q (With 0 "mem:misuse-threads"))))
