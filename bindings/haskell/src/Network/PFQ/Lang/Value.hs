-- SPDX-License-Identifier: BSD-3-Clause

-- | The constants of a program, in the form that the image has them.
module Network.PFQ.Lang.Value
  ( IPv4 (..)
  , IPv6 (..)
  , CIDR (..)
  , MAC (..)
  , Value (..)
  , Constant (..)
  , textValue
  ) where

import Data.Bits (shiftL, (.&.), (.|.))
import qualified Data.ByteString as B
import qualified Data.ByteString.Builder as Builder
import qualified Data.ByteString.Lazy as L
import Data.Char (digitToInt, isDigit, isHexDigit)
import Data.Int (Int16, Int32, Int64, Int8)
import Data.String (IsString (..))
import Data.Word (Word16, Word32, Word64, Word8)
import Foreign.C.String (CString, withCString)
import Foreign.C.Types (CInt (..))
import Foreign.Marshal.Alloc (allocaBytes)
import Foreign.Ptr (Ptr, castPtr)
import GHC.Float (castDoubleToWord64)
import Network.PFQ.Abi
import System.IO.Unsafe (unsafePerformIO)

-- | An IPv4 address, as in @"10.0.0.1"@.
newtype IPv4 = IPv4 String
  deriving (Eq, Show)

instance IsString IPv4 where
  fromString = IPv4

-- | An IPv6 address, as in @"2001:db8::1"@.
newtype IPv6 = IPv6 String
  deriving (Eq, Show)

instance IsString IPv6 where
  fromString = IPv6

-- | A network, IPv4 or IPv6: its address and the length of its prefix. As a string, @"10.0.0.0/8"@; an address alone is
-- a network of its full length.
newtype CIDR = CIDR (String, Int)
  deriving (Eq, Show)

instance IsString CIDR where
  fromString text = case break (== '/') text of
    (alone, "") -> CIDR (alone, if ':' `elem` alone then 128 else 32)
    (before, _ : prefix) -> CIDR (before, decimal prefix)

-- | A MAC address, as in @"00:1b:21:0a:0b:0c"@.
newtype MAC = MAC String
  deriving (Eq, Show)

instance IsString MAC where
  fromString = MAC

-- | A value of an image: a word, an entry of the data section, or the octets of a String.
data Value
  = Word !Word64
  | Entry !B.ByteString
  | Text !B.ByteString
  deriving (Eq, Ord)

-- | What may be a constant of a program. The limits are those of a parameter, both included.
class Constant a where
  argumentType :: proxy a -> ArgumentType
  valueOf :: Maybe (Int, Int) -> a -> Either String Value

integer :: Integral a => String -> (Integer, Integer) -> Maybe (Int, Int) -> a -> Either String Value
integer name range limits given
  | number < lowest || number > highest =
      Left (show number ++ " is out of range: " ++ who ++ " from " ++ show lowest ++ " to " ++ show highest)
  | otherwise = Right (Word (fromInteger number))
 where
  number = toInteger given
  (lowest, highest) = maybe range (\(low, high) -> (toInteger low, toInteger high)) limits
  who = maybe (name ++ " goes") (const "it goes") limits

bounded :: (Integral a, Bounded a) => String -> Maybe (Int, Int) -> a -> Either String Value
bounded name limits given = integer name (toInteger (minBound `asTypeOf` given), toInteger (maxBound `asTypeOf` given)) limits given

-- | An Int of pfq-lang has 32 bits.
instance Constant Int where
  argumentType _ = argInt
  valueOf = integer "an Int" (toInteger (minBound :: Int32), toInteger (maxBound :: Int32))

instance Constant Int8 where
  argumentType _ = argInt8
  valueOf = bounded "an Int8"

instance Constant Int16 where
  argumentType _ = argInt16
  valueOf = bounded "an Int16"

instance Constant Int32 where
  argumentType _ = argInt32
  valueOf = bounded "an Int32"

instance Constant Int64 where
  argumentType _ = argInt64
  valueOf = bounded "an Int64"

instance Constant Word8 where
  argumentType _ = argWord8
  valueOf = bounded "a Word8"

instance Constant Word16 where
  argumentType _ = argWord16
  valueOf = bounded "a Word16"

instance Constant Word32 where
  argumentType _ = argWord32
  valueOf = bounded "a Word32"

instance Constant Word64 where
  argumentType _ = argWord64
  valueOf = bounded "a Word64"

instance Constant Double where
  argumentType _ = argDouble
  valueOf _ = Right . Word . castDoubleToWord64

instance Constant IPv4 where
  argumentType _ = argIPv4
  valueOf _ (IPv4 text) = case address text of
    Just octets | B.length octets == 4 -> Right (Word (bigEndian octets))
    _ -> Left (show text ++ " is no IPv4: an address is written as in 10.0.0.1")

instance Constant IPv6 where
  argumentType _ = argIPv6
  valueOf _ (IPv6 text) = case address text of
    Just octets | B.length octets == 16 -> Right (Entry octets)
    _ -> Left (show text ++ " is no IPv6: an address is written as in 2001:db8::1")

instance Constant CIDR where
  argumentType _ = argCIDR
  valueOf _ (CIDR (text, prefix)) = case address text of
    Nothing -> Left (show text ++ " is no CIDR: an address is written as in 10.0.0.0/8 or 2001:db8::/32")
    Just octets
      | prefix < 0 || prefix > longest -> Left (show text ++ " is no CIDR: a prefix is a number from 0 to " ++ show longest)
      | otherwise -> Right (Entry (network octets prefix))
     where
      longest = 8 * B.length octets

instance Constant MAC where
  argumentType _ = argMAC
  valueOf _ (MAC text) = maybe (Left reason) (Right . Word . bigEndian . B.pack) (macOctets text)
   where
    reason = show text ++ " is no MAC: a MAC address is six octets, as in 00:1b:21:0a:0b:0c"

-- | A String as UTF-8.
textValue :: String -> Either String Value
textValue text
  | '\0' `elem` text = Left "a String has no NUL character"
  | any surrogate text = Left (show text ++ " is no well-formed Unicode")
  | otherwise = Right (Text (L.toStrict (Builder.toLazyByteString (Builder.stringUtf8 text))))
 where
  surrogate each = each >= '\xd800' && each <= '\xdfff'

bigEndian :: B.ByteString -> Word64
bigEndian = B.foldl' (\number octet -> number `shiftL` 8 .|. fromIntegral octet) 0

-- | @struct pfq_image_cidr@, with the host bits cleared.
network :: B.ByteString -> Int -> B.ByteString
network octets prefix = B.concat [B.pack [family, fromIntegral prefix], B.replicate 6 0, masked, B.replicate (16 - size) 0]
 where
  size = B.length octets
  family = if size == 4 then 4 else 6
  masked = B.pack (zipWith mask [0 ..] (B.unpack octets))
  mask index octet = octet .&. fromIntegral ((0xff00 :: Int) `shiftR'` max 0 (min 8 (prefix - 8 * index)))
  shiftR' value count = value `div` (2 ^ count)

-- | A number without zeros before it; -1 if the text is none.
decimal :: String -> Int
decimal text
  | null text || length text > 4 || not (all isDigit text) || (head text == '0' && text /= "0") = -1
  | otherwise = read text

macOctets :: String -> Maybe [Word8]
macOctets text = octets (6 :: Int) text
 where
  octets 0 _ = Nothing
  octets count rest = case span isHexDigit rest of
    (digits, after) | length digits `elem` [1, 2] -> (number digits :) <$> more count after
    _ -> Nothing
  more 1 "" = Just []
  more count (separator : rest) | count > 1 && separator `elem` ":-" = octets (count - 1) rest
  more _ _ = Nothing
  number = fromIntegral . foldl (\sum' digit -> 16 * sum' + digitToInt digit) 0

foreign import ccall unsafe "inet_pton" c_inet_pton :: CInt -> CString -> Ptr a -> IO CInt

-- | The octets of an IPv4 or IPv6 address, in network order.
address :: String -> Maybe B.ByteString
address text
  | any (`notElem` "0123456789abcdefABCDEF:.") text = Nothing
  | otherwise = unsafePerformIO $ allocaBytes 16 $ \octets -> withCString text $ \string -> do
      v4 <- c_inet_pton familyIPv4 string octets
      v6 <- if v4 == 1 then pure 0 else c_inet_pton familyIPv6 string octets
      case (v4, v6) of
        (1, _) -> Just <$> B.packCStringLen (castPtr octets, 4)
        (_, 1) -> Just <$> B.packCStringLen (castPtr octets, 16)
        _ -> pure Nothing
