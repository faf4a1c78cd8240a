-- SPDX-License-Identifier: BSD-3-Clause

-- | Counts the packets and octets of a device, until Ctrl-C or the end of a file.
--
-- >  make -C bindings/haskell
-- >  export GHC_PACKAGE_PATH=$(echo $PWD/bindings/haskell/build/dist/packagedb/ghc-*):
-- >  ghc -threaded -outputdir build/count examples/haskell/count.hs -o count
-- >  ./count pcap:traffic.pcap
-- >  sudo ./count eth0
--
-- after @make build@.
module Main (main) where

import Control.Exception (ErrorCall (..), SomeException, catch, displayException, throwIO)
import Control.Monad (forM_)
import Data.IORef (IORef, newIORef, readIORef, writeIORef)
import Network.PFQ
import System.Environment (getArgs)
import System.Exit (ExitCode (..), exitWith)
import System.IO (hPutStrLn, stderr)
import System.Posix.Signals (Handler (Catch), installHandler, sigINT, sigTERM)
import Prelude hiding (read)

data Totals = Totals !Int !Int

main :: IO ()
main = do
  arguments <- getArgs
  interrupted <- newIORef False
  forM_ [sigINT, sigTERM] $ \signal -> installHandler signal (Catch (writeIORef interrupted True)) Nothing
  case arguments of
    [device] -> count device interrupted `catch` \problem ->
      complain 1 ("count: " ++ displayException (problem :: SomeException))
    _ -> complain 2 "usage: count DEVICE"

complain :: Int -> String -> IO ()
complain status text = hPutStrLn stderr text >> exitWith (ExitFailure status)

count :: String -> IORef Bool -> IO ()
count device interrupted = with (open 64 8192 64 64) $ \q -> do
  enable q
  bind q device anyQueue
  (totals, figures) <- follow q (Totals 0 0)

  -- What has arrived by now is handed on, and nothing after it.
  unbind q device anyQueue
  Totals packets octets <- drain q totals
  lost <- statsLost <$> getStats q
  putStrLn (show packets ++ " packets, " ++ show octets ++ " octets, " ++ show (deviceLost figures + lost) ++ " lost")
  case deviceState figures of
    Failed text -> throwIO (ErrorCall text)
    _ -> pure ()
 where
  follow q before = do
    totals <- read q (Microseconds 100000) >>= add before
    figures <- getDeviceStats q device
    stop <- readIORef interrupted
    if stop || deviceState figures /= Running then pure (totals, figures) else follow q totals

  drain q totals = do
    batch <- read q NoWait
    if queueLength batch == 0 then pure totals else add totals batch >>= drain q

  add = foldPackets (\(Totals packets octets) packet -> Totals (packets + 1) . (octets +) <$> packetLength packet)
