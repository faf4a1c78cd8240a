-- SPDX-License-Identifier: BSD-3-Clause

-- | Sends small UDP packets of 64 flows: so many, or until Ctrl-C; at a rate, or as fast as it goes.
--
-- >  make -C bindings/haskell
-- >  export GHC_PACKAGE_PATH=$(echo $PWD/bindings/haskell/build/dist/packagedb/ghc-*):
-- >  ghc -threaded -outputdir build/generate examples/haskell/generate.hs -o generate
-- >  sudo ./generate eth0 1000000
-- >  sudo ./generate eth0 0 5000      # 5,000 a second, without end
--
-- after @make build@.
module Main (main) where

import Control.Concurrent (threadDelay)
import Control.Exception (SomeException, catch, displayException)
import Control.Monad (forM_, unless, void, when)
import Data.Array (Array, listArray, (!))
import qualified Data.ByteString as B
import Data.IORef (IORef, newIORef, readIORef, writeIORef)
import GHC.Clock (getMonotonicTime)
import Network.PFQ hiding (read)
import System.Environment (getArgs)
import System.Exit (ExitCode (..), exitWith)
import System.IO (hPutStrLn, stderr)
import System.Posix.Signals (Handler (Catch), installHandler, sigINT, sigTERM)
import Text.Printf (printf)
import Text.Read (readMaybe)

main :: IO ()
main = do
  arguments <- getArgs
  interrupted <- newIORef False
  forM_ [sigINT, sigTERM] $ \signal -> installHandler signal (Catch (writeIORef interrupted True)) Nothing
  case (take 1 arguments, mapM readMaybe (drop 1 arguments)) of
    ([device], Just numbers) | length numbers <= 2, all (>= 0) numbers -> do
      let (packets, rate) = case numbers ++ [0, 0] of p : r : _ -> (p, r); _ -> (0, 0)
      generate device packets (fromIntegral rate) interrupted `catch` \problem ->
        complain 1 ("generate: " ++ displayException (problem :: SomeException))
    _ -> complain 2 "usage: generate DEVICE [PACKETS [PACKETS A SECOND]]"

complain :: Int -> String -> IO ()
complain status text = hPutStrLn stderr text >> exitWith (ExitFailure status)

-- | A packet of each flow.
flows :: Array Int B.ByteString
flows = listArray (0, 63) (map packet [0 .. 63])
 where
  packet port = B.pack (ethernet ++ ipv4 ++ [0x04, port] ++ udp ++ replicate 18 0)
  ethernet = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0]
  -- from 198.18.0.1 to 198.18.0.2: addresses of benchmarks (RFC 2544)
  ipv4 = [0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0xee, 0x97, 198, 18, 0, 1, 198, 18, 0, 2]
  udp = [0, 9, 0, 26, 0, 0] -- to port 9

-- | Packets, or 0 for no end; of them so many a second, or 0 for as many as possible.
generate :: String -> Int -> Double -> IORef Bool -> IO ()
generate device packets rate interrupted = with (openNoGroup 64 64 60 1024) $ \q -> do
  void (bindTx q device anyQueue noKThread)
  enable q
  start <- getMonotonicTime
  let go i = do
        stop <- readIORef interrupted
        unless (stop || (packets > 0 && i == packets)) $ do
          when (rate > 0) (sleepUntil (start + fromIntegral i / rate))
          send q (flows ! (i `mod` 64)) 1 (if rate > 0 then 1 else 64)
          go (i + 1)
  go 0
  void (syncQueue q 0)
  stats <- getStats q
  end <- getMonotonicTime
  putStrLn $
    show (statsSent stats) ++ " packets sent, " ++ show (statsFail stats) ++ " not taken by " ++ device
      ++ printf ", in %.3f s" (end - start)

sleepUntil :: Double -> IO ()
sleepUntil time = do
  now <- getMonotonicTime
  when (time > now) (threadDelay (ceiling ((time - now) * 1000000)))
