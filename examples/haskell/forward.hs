-- SPDX-License-Identifier: BSD-3-Clause

-- | Sends what arrives at one device out of another, until Ctrl-C or the end of a file. A second one, @forward TO FROM@,
-- makes it a bridge.
--
-- >  make -C bindings/haskell
-- >  export GHC_PACKAGE_PATH=$(echo $PWD/bindings/haskell/build/dist/packagedb/ghc-*):
-- >  ghc -threaded -outputdir build/forward examples/haskell/forward.hs -o forward
-- >  sudo ./forward eth0 eth1
-- >  sudo ./forward pcap:traffic.pcap eth1
--
-- after @make build@.
module Main (main) where

import Control.Concurrent (threadDelay)
import Control.Exception (ErrorCall (..), SomeException, catch, displayException, throwIO)
import Control.Monad (forM_)
import Data.IORef (IORef, newIORef, readIORef, writeIORef)
import Network.PFQ
import Network.PFQ.Lang.Default (bridge)
import System.Environment (getArgs)
import System.Exit (ExitCode (..), exitWith)
import System.IO (hPutStrLn, stderr)
import System.Posix.Signals (Handler (Catch), installHandler, sigINT, sigTERM)

main :: IO ()
main = do
  arguments <- getArgs
  interrupted <- newIORef False
  forM_ [sigINT, sigTERM] $ \signal -> installHandler signal (Catch (writeIORef interrupted True)) Nothing
  case arguments of
    [from, to] -> forward from to interrupted `catch` \problem ->
      complain 1 ("forward: " ++ displayException (problem :: SomeException))
    _ -> complain 2 "usage: forward FROM TO"

complain :: Int -> String -> IO ()
complain status text = hPutStrLn stderr text >> exitWith (ExitFailure status)

forward :: String -> String -> IORef Bool -> IO ()
forward from to interrupted = with (open 64 64 64 64) $ \q -> do
  gid <- groupId q
  -- bridge sends a packet on, and leaves none for the socket.
  setGroupComputation q gid (bridge to)
  enable q
  bind q from anyQueue
  figures <- follow q

  -- What has arrived by now is sent on, and nothing after it.
  unbind q from anyQueue
  stats <- getGroupStats q gid
  putStrLn $
    show (statsFrwd stats) ++ " packets sent on, " ++ show (statsFail stats) ++ " not taken by " ++ to ++ ", "
      ++ show (deviceLost figures) ++ " lost"
  case deviceState figures of
    Failed text -> throwIO (ErrorCall text)
    _ -> pure ()
 where
  follow q = do
    figures <- getDeviceStats q from
    stop <- readIORef interrupted
    if stop || deviceState figures /= Running then pure figures else threadDelay 10000 >> follow q
