-- SPDX-License-Identifier: BSD-3-Clause

-- | The computation image of a program (docs/image-format.md): the same bytes as every other language writes.
module Network.PFQ.Lang.Image (writeImage) where

import Control.Monad (foldM, forM, unless, when)
import Control.Monad.Trans.Class (lift)
import Control.Monad.Trans.State.Strict
import Data.Array (Array, accumArray, listArray, (!))
import Data.Bits (complement, shiftL, shiftR, testBit, xor, (.|.))
import qualified Data.ByteString as B
import qualified Data.ByteString.Builder as Builder
import qualified Data.ByteString.Char8 as C
import qualified Data.ByteString.Lazy as L
import qualified Data.IntSet as IntSet
import Data.List (foldl')
import qualified Data.Map.Strict as Map
import Data.Word (Word32, Word64, Word8)
import Network.PFQ.Abi
import Network.PFQ.Lang.Term
import Network.PFQ.Lang.Value (Value (..))

-- | A node of the graph; it refers to others by their numbers.
data Node = Node !String [Argument] !(Maybe Int)
  deriving (Eq, Ord)

data Argument
  = Reference !Int
  | One !ArgumentType !Value
  | Many !ArgumentType [Value]
  deriving (Eq, Ord)

-- | Nodes by what they are, so that equal ones are one; and how many steps were walked.
data Graph = Graph !(Map.Map Node Int) !Int

type Build = StateT Graph (Either String)

add :: Node -> Build Int
add node = do
  Graph known walked <- get
  case Map.lookup node known of
    Just index -> pure index
    Nothing -> do
      let index = Map.size known
      when (index >= imageMaxNodes) $ refuse ("the program has more than " ++ show imageMaxNodes ++ " nodes")
      put (Graph (Map.insert node index known) walked)
      pure index

refuse :: String -> Build a
refuse = lift . Left

-- | The calls of a chain, from the last to the first.
callsOf :: Term -> [(String, [Operand])]
callsOf whole = go [whole]
 where
  go [] = []
  go (Call symbol operands : rest) = (symbol, operands) : go rest
  go (Sequence first second : rest) = go (second : first : rest)

lay :: Term -> Build Int
lay term = foldM step Nothing (callsOf term) >>= maybe (add (Node "unit" [] Nothing)) pure
 where
  step next (symbol, operands) = do
    Graph known walked <- get
    when (walked >= mostSteps) $ refuse ("the program has more than " ++ show mostSteps ++ " steps")
    put (Graph known (walked + 1))
    arguments <- mapM argumentOf operands
    Just <$> add (Node symbol arguments next)
  mostSteps = 64 * imageMaxNodes

argumentOf :: Operand -> Build Argument
argumentOf operand = case operand of
  Fun term -> Reference <$> lay term
  Scalar kind value -> pure (One kind value)
  List kind values -> pure (Many kind values)
  Invalid reason -> refuse reason

-- | The nodes in the order of the image: the reverse of that in which a depth-first walk leaves them, which takes what comes
-- next first, and then the arguments from the last to the first.
inImageOrder :: Map.Map Node Int -> Int -> [Node]
inImageOrder known entry = map (renumbered . (nodes !)) order
 where
  count = Map.size known
  nodes :: Array Int Node
  nodes = accumArray (\_ node -> node) (Node "" [] Nothing) (0, count - 1) [(index, node) | (node, index) <- Map.toList known]
  order = snd (visit (IntSet.empty, []) entry)
  visit (seen, left) index
    | index `IntSet.member` seen = (seen, left)
    | otherwise =
        let (seen', left') = foldl' visit (IntSet.insert index seen, left) (references (nodes ! index))
         in (seen', index : left')
  references (Node _ arguments next) = maybe id (:) next (reverse [index | Reference index <- arguments])
  places :: Array Int Int
  places = accumArray (\_ place -> place) 0 (0, count - 1) (zip order [0 ..])
  renumbered (Node symbol arguments next) = Node symbol (map moved arguments) ((places !) <$> next)
  moved (Reference index) = Reference (places ! index)
  moved argument = argument

-- | The data section: where each entry is, its size, and its octets.
data Section = Section !(Map.Map B.ByteString Word64) !Int Builder.Builder

store :: B.ByteString -> State Section Word64
store entry = do
  Section known size octets <- get
  case Map.lookup entry known of
    Just offset -> pure offset
    Nothing -> do
      let padding = negate (B.length entry) `mod` 8
          offset = fromIntegral size
      put $
        Section
          (Map.insert entry offset known)
          (size + B.length entry + padding)
          (octets <> Builder.byteString entry <> Builder.byteString (B.replicate padding 0))
      pure offset

data Written = Written !ArgumentType !Bool !Int !Word64

writeArgument :: Argument -> State Section Written
writeArgument argument = case argument of
  Reference index -> pure (Written argFun False 0 (fromIntegral index))
  One kind (Word word) -> pure (Written kind False 0 word)
  One kind (Entry entry) -> Written kind False 0 <$> store entry
  One kind (Text text) -> Written kind False (B.length text) <$> store (text `B.snoc` 0)
  Many kind [] -> pure (Written kind True 0 0)
  Many kind values -> do
    octets <- forM values $ \value -> case value of
      Word word -> pure (Builder.word64LE word)
      Entry entry -> pure (Builder.byteString entry)
      Text text -> do
        offset <- store (text `B.snoc` 0)
        pure (Builder.word64LE (offset .|. fromIntegral (B.length text) `shiftL` 32))
    Written kind True (length values) <$> store (strict (mconcat octets))

writeNode :: Node -> State Section Builder.Builder
writeNode (Node symbol arguments next) = do
  name <- store (C.pack symbol `B.snoc` 0)
  written <- mapM writeArgument arguments
  let unused = maxArguments - length arguments
  pure . mconcat $
    [ Builder.word32LE (fromIntegral name)
    , Builder.word32LE (maybe imageNoNode fromIntegral next)
    , Builder.word32LE (fromIntegral (length arguments))
    , Builder.word32LE 0
    ]
      ++ map argumentOctets written
      ++ [Builder.byteString (B.replicate (unused * argumentSize) 0)]

argumentOctets :: Written -> Builder.Builder
argumentOctets (Written (ArgumentType kind) isList count value) =
  Builder.word16LE kind
    <> Builder.word16LE (if isList then imageList else 0)
    <> Builder.word32LE (fromIntegral count)
    <> Builder.word64LE value

strict :: Builder.Builder -> B.ByteString
strict = L.toStrict . Builder.toLazyByteString

-- | The image, or why there is none.
writeImage :: Term -> Either String B.ByteString
writeImage term = do
  (entry, Graph known _) <- runStateT (lay term) (Graph Map.empty 0)
  let nodes = inImageOrder known entry
      (front, Section _ dataSize octets) = runState (mapM writeNode nodes) (Section Map.empty 0 mempty)
      dataOffset = headerSize + length nodes * nodeSize
      size = dataOffset + dataSize
      header checksum =
        mconcat
          [ Builder.word32LE imageMagic
          , Builder.word16LE imageVersion
          , Builder.word16LE primitivesVersion
          , Builder.word32LE (fromIntegral size)
          , Builder.word32LE checksum
          , Builder.word32LE (fromIntegral (length nodes))
          , Builder.word32LE (fromIntegral dataOffset)
          , Builder.word32LE (fromIntegral dataSize)
          , Builder.word32LE 0
          , Builder.word64LE 0
          ]
      body = strict (mconcat front <> octets)
  unless (size <= imageMaxSize) $
    Left ("an image has at most " ++ show imageMaxSize ++ " octets; this one would have " ++ show size)
  pure (strict (header (crc32 (strict (header 0) <> body))) <> body)

-- | CRC-32 of IEEE 802.3.
crc32 :: B.ByteString -> Word32
crc32 = complement . B.foldl' step maxBound
 where
  step sum' octet = (sum' `shiftR` 8) `xor` (crcTable ! (fromIntegral sum' `xor` octet))

crcTable :: Array Word8 Word32
crcTable = listArray (0, 255) [iterate bit value !! 8 | value <- [0 .. 255]]
 where
  bit value = (value `shiftR` 1) `xor` (if testBit value 0 then 0xedb88320 else 0)
