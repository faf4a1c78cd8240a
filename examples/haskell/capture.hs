-- SPDX-License-Identifier: BSD-3-Clause

-- | Writes the packets of a device to a pcap file, with their times in nanoseconds, until Ctrl-C or the end of a file.
--
-- >  make -C bindings/haskell
-- >  export GHC_PACKAGE_PATH=$(echo $PWD/bindings/haskell/build/dist/packagedb/ghc-*):
-- >  ghc -threaded -outputdir build/capture examples/haskell/capture.hs -o capture
-- >  ./capture pcap:traffic.pcap copy.pcap
-- >  sudo ./capture eth0 eth0.pcap
--
-- after @make build@.
module Main (main) where

import Control.Exception (ErrorCall (..), SomeException, catch, displayException, throwIO)
import Control.Monad (forM_, when)
import qualified Data.ByteString as B
import Data.ByteString.Builder (Builder, byteString, hPutBuilder, word16LE, word32LE)
import Data.IORef (IORef, newIORef, readIORef, writeIORef)
import Data.Maybe (fromMaybe)
import Data.Word (Word32)
import Network.PFQ
import System.Environment (getArgs)
import System.Exit (ExitCode (..), exitWith)
import System.IO (IOMode (WriteMode), hPutStrLn, stderr, withBinaryFile)
import System.Posix.Signals (Handler (Catch), installHandler, sigINT, sigTERM)
import Prelude hiding (read)

main :: IO ()
main = do
  arguments <- getArgs
  interrupted <- newIORef False
  forM_ [sigINT, sigTERM] $ \signal -> installHandler signal (Catch (writeIORef interrupted True)) Nothing
  case arguments of
    [device, path] -> capture device path interrupted `catch` \problem ->
      complain 1 ("capture: " ++ displayException (problem :: SomeException))
    _ -> complain 2 "usage: capture DEVICE FILE"

complain :: Int -> String -> IO ()
complain status text = hPutStrLn stderr text >> exitWith (ExitFailure status)

snaplen :: Num a => a
snaplen = 65535

-- | What packets begin with, in the words of pcap files.
linkTypes :: [(Link, Word32)]
linkTypes = [(linkEthernet, 1), (linkRaw, 101), (linkNull, 0), (linkSll, 113), (linkSll2, 276), (linkPpp, 9)]

fileHeader :: Link -> Builder
fileHeader link = word32LE 0xa1b23c4d <> word16LE 2 <> word16LE 4 <> foldMap word32LE [0, 0, snaplen, linkType]
 where
  linkType = fromMaybe 1 (lookup link linkTypes)

record :: Packet -> Builder
record (Packet header octets) =
  foldMap word32LE [headerSeconds header, headerNanoseconds header, captured, fromIntegral (headerLength header)]
    <> byteString octets
 where
  captured = fromIntegral (B.length octets)

capture :: String -> FilePath -> IORef Bool -> IO ()
capture device path interrupted = with (open snaplen 1024 64 64) $ \q -> do
  enable q
  bind q device anyQueue
  withBinaryFile path WriteMode $ \file -> do
    (packets, figures) <- follow q file 0

    -- What has arrived by now is handed on, and nothing after it.
    unbind q device anyQueue
    total <- drain q file packets
    when (total == 0) (hPutBuilder file (fileHeader linkEthernet))
    lost <- statsLost <$> getStats q
    putStrLn (show total ++ " packets, " ++ show (deviceLost figures + lost) ++ " lost")
    case deviceState figures of
      Failed text -> throwIO (ErrorCall text)
      _ -> pure ()
 where
  follow q file before = do
    packets <- read q (Microseconds 100000) >>= store file before
    figures <- getDeviceStats q device
    stop <- readIORef interrupted
    if stop || deviceState figures /= Running then pure (packets, figures) else follow q file packets

  drain q file before = do
    batch <- read q NoWait
    if queueLength batch == 0 then pure before else store file before batch >>= drain q file

  -- The first packet tells the link type.
  store file before batch = do
    packets <- getPackets batch
    forM_ (take 1 packets) $ \first ->
      when (before == 0) (hPutBuilder file (fileHeader (headerLink (packetHeader first))))
    hPutBuilder file (foldMap record packets)
    pure $! before + queueLength batch
