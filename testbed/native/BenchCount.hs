-- SPDX-License-Identifier: BSD-3-Clause

-- | bench_count in Haskell: the same work, by the package of bindings/haskell.
module Main (main) where

import qualified Data.ByteString as Bytes
import Network.PFQ hiding (read)
import qualified Network.PFQ as PFQ
import System.CPUTime (getCPUTime)
import System.Environment (getArgs)
import System.IO (BufferMode (LineBuffering), hSetBuffering, stdout)

main :: IO ()
main = do
  [slots, rounds] <- map Prelude.read <$> getArgs
  hSetBuffering stdout LineBuffering
  with (openNoGroup 64 64 64 64) $ \sender -> with (open 64 slots 64 64) $ \reader -> do
    _ <- bindTx sender "mem:count" anyQueue noKThread
    bind reader "mem:count" anyQueue
    enable sender
    enable reader
    let packet = Bytes.replicate 60 0
        sample spent octets 0 = pure (spent, octets)
        sample spent octets left = do
          send sender packet slots 1
          start <- getCPUTime
          more <- countOctets reader
          end <- getCPUTime
          (sample $! spent + (end - start)) (octets + more) (left - 1 :: Int)
        answer = do
          (spent, octets) <- sample 0 0 rounds
          putStrLn ("{\"octets\":" ++ show octets ++ ",\"nanoseconds\":" ++ show (perPacket spent) ++ "}")
        perPacket spent = fromIntegral spent / 1000 / fromIntegral (rounds * slots) :: Double
    requests <- lines <$> getContents
    mapM_ (const answer) requests

-- | Empties the queue.
countOctets :: Handle -> IO Int
countOctets reader = go 0
 where
  go octets = do
    batch <- PFQ.read reader NoWait
    if queueLength batch == 0
      then pure octets
      else foldPackets (\total packet -> (total +) <$> packetLength packet) octets batch >>= go
