-- SPDX-License-Identifier: BSD-3-Clause

-- | Balances the packets of a device over threads, both directions of a flow on the same one, until Ctrl-C or the end of a
-- file, and tells how many each had.
--
-- >  make -C bindings/haskell
-- >  export GHC_PACKAGE_PATH=$(echo $PWD/bindings/haskell/build/dist/packagedb/ghc-*):
-- >  ghc -threaded -outputdir build/balance examples/haskell/balance.hs -o balance
-- >  ./balance pcap:traffic.pcap
-- >  sudo ./balance eth0 8
--
-- after @make build@.
module Main (main) where

import Control.Concurrent
import Control.Exception (ErrorCall (..), SomeException, bracket, catch, displayException, throwIO)
import Control.Monad (foldM, forM, forM_, replicateM)
import Data.IORef (IORef, newIORef, readIORef, writeIORef)
import GHC.Conc (getNumProcessors)
import Network.PFQ hiding (read)
import qualified Network.PFQ as PFQ
import Network.PFQ.Lang.Default (steer_flow)
import System.Environment (getArgs)
import System.Exit (ExitCode (..), exitWith)
import System.IO (hPutStrLn, stderr)
import System.Posix.Signals (Handler (Catch), installHandler, sigINT, sigTERM)
import Text.Read (readMaybe)

main :: IO ()
main = do
  arguments <- getArgs
  interrupted <- newIORef False
  forM_ [sigINT, sigTERM] $ \signal -> installHandler signal (Catch (writeIORef interrupted True)) Nothing
  getNumProcessors >>= setNumCapabilities
  case arguments of
    [device] -> run device 4 interrupted
    [device, text] | Just threads <- readMaybe text, threads >= 1, threads <= 64 -> run device threads interrupted
    _ -> complain 2 "usage: balance DEVICE [THREADS], of which there may be 64"
 where
  run device threads interrupted = balance device threads interrupted `catch` \problem ->
    complain 1 ("balance: " ++ displayException (problem :: SomeException))

complain :: Int -> String -> IO ()
complain status text = hPutStrLn stderr text >> exitWith (ExitFailure status)

balance :: String -> Int -> IORef Bool -> IO ()
balance device threads interrupted =
  bracket (replicateM threads (openNoGroup 64 8192 64 64)) (mapM_ close) $ \sockets -> do
    -- The first socket makes the group, the others join it.
    gid <- foldM join anyGroup sockets
    let first = head sockets
    setGroupComputation first gid steer_flow
    bindGroup first gid device anyQueue
    finished <- newIORef False
    counts <- forM sockets $ \q -> do
      result <- newEmptyMVar
      _ <- forkIO (work q finished 0 >>= putMVar result)
      pure result
    figures <- follow first

    -- What has arrived by now is handed on, and nothing after it.
    unbindGroup first gid device anyQueue
    writeIORef finished True
    forM_ (zip [0 :: Int ..] counts) $ \(index, result) -> do
      packets <- takeMVar result
      putStrLn ("thread " ++ show index ++ ": " ++ show packets ++ " packets")
    stats <- getGroupStats first gid
    putStrLn (show (statsDrop stats) ++ " dropped, " ++ show (deviceLost figures + statsLost stats) ++ " lost")
    case deviceState figures of
      Failed text -> throwIO (ErrorCall text)
      _ -> pure ()
 where
  join group q = do
    gid <- joinGroup q group classDefault Restricted
    enable q
    pure gid

  follow q = do
    figures <- getDeviceStats q device
    stop <- readIORef interrupted
    if stop || deviceState figures /= Running then pure figures else threadDelay 10000 >> follow q

-- | Reads a socket until no more will come; gives how many packets there were.
work :: Handle -> IORef Bool -> Int -> IO Int
work q finished packets = do
  isLast <- readIORef finished
  batch <- PFQ.read q (Microseconds 10000)
  if isLast && queueLength batch == 0 then pure packets else work q finished $! packets + queueLength batch
