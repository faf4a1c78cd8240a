-- SPDX-License-Identifier: BSD-3-Clause

-- |
-- Description : pfq-lang as a typed language within Haskell
--
-- Programs are Haskell values: 'NetFunction's put together with '>->' out of the primitives of
-- "Network.PFQ.Lang.Default". What is ill-typed in pfq-lang does not compile. Addresses are written as strings, with the
-- extension @OverloadedStrings@.
module Network.PFQ.Lang
  ( -- * Types
    Qbuff
  , Action
  , Function
  , NetFunction
  , NetPredicate
  , NetProperty

    -- * Constants
  , IPv4 (..)
  , IPv6 (..)
  , CIDR (..)
  , MAC (..)

    -- * Composition
  , (>->)

    -- * Sizes of Bloom filters
  , bloomCalcM
  , bloomCalcN
  , bloomCalcP

    -- * Images
  , image
  , imageOrError
  , InvalidProgram (..)
  ) where

import Control.Exception (Exception (..), throw)
import Data.ByteString (ByteString)
import Network.PFQ.Lang.Image (writeImage)
import Network.PFQ.Lang.Term
import Network.PFQ.Lang.Value

-- | Runs the first function, then the second unless the first dropped.
(>->) :: NetFunction -> NetFunction -> NetFunction
Function first >-> Function second = Function (Sequence first second)

infixl 1 >->

-- | How many bins a Bloom filter needs, for so many addresses and such a share of false positives.
bloomCalcM
  :: Int -- ^ addresses
  -> Double -- ^ the share, between 0 and 1
  -> Int
bloomCalcM addresses share
  | bins > 0x7fffffff = throw (InvalidProgram "bloomCalcM: so many bins no filter has")
  | otherwise = fromInteger bins
 where
  bins = ceiling (fromIntegral (max 1 addresses) / bloomLoad "bloomCalcM" share) :: Integer

-- | For how many addresses a Bloom filter of so many bins is good, at such a share of false positives.
bloomCalcN
  :: Int -- ^ bins
  -> Double -- ^ the share, between 0 and 1
  -> Int
bloomCalcN bins share = floor (fromIntegral (max 0 bins) * bloomLoad "bloomCalcN" share)

-- | The share of false positives of a Bloom filter, with so many addresses in so many bins.
bloomCalcP
  :: Int -- ^ addresses
  -> Int -- ^ bins
  -> Double
bloomCalcP addresses bins
  | bins < 1 = throw (InvalidProgram "bloomCalcP: a filter has at least one bin")
  | otherwise = (1 - exp (negate bloomHashes * fromIntegral (max 0 addresses) / fromIntegral bins)) ** bloomHashes

-- | How many hash functions a Bloom filter of the engine has.
bloomHashes :: Double
bloomHashes = 4

-- | Of n elements in a Bloom filter of m bins, the share of false positives is p = (1 - exp(-k n \/ m)) ^ k, k being the
-- number of hash functions (Bloom 1970). Any two of them give the third. This is how many elements there are for each
-- bin at most.
bloomLoad :: String -> Double -> Double
bloomLoad name share
  | share > 0 && share < 1 = negate (log (1 - share ** (1 / bloomHashes))) / bloomHashes
  | otherwise = throw (InvalidProgram (name ++ ": the share of false positives is between 0 and 1, as 0.01"))

-- | A constant that does not fit its type, or a program that is too large: one line that says which.
newtype InvalidProgram = InvalidProgram String
  deriving (Eq, Show)

instance Exception InvalidProgram where
  displayException (InvalidProgram reason) = reason

-- | The computation image of a program, the same bytes as every other language writes. An invalid program is an
-- 'InvalidProgram' exception where the bytes are used.
image :: NetFunction -> ByteString
image = either throw id . imageOrError

-- | The same without an exception.
imageOrError :: NetFunction -> Either InvalidProgram ByteString
imageOrError (Function term) = either (Left . InvalidProgram) Right (writeImage term)
