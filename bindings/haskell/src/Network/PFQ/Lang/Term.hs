-- SPDX-License-Identifier: BSD-3-Clause

-- | What programs are made of; the generated functions call these.
module Network.PFQ.Lang.Term
  ( Qbuff
  , Action
  , Function (..)
  , NetFunction
  , NetPredicate
  , NetProperty
  , Term (..)
  , Operand (..)
  , primitive
  , function
  , scalar
  , list
  , string
  , strings
  ) where

import Data.Word (Word64)
import Network.PFQ.Abi (ArgumentType, argString)
import Network.PFQ.Lang.Value

-- | The packet. It has no values in Haskell: programs are made of functions of it.
data Qbuff

-- | The action monad, in which programs run: what becomes of a packet, its mark, its state.
data Action a

-- | A function of pfq-lang with the type @a@.
newtype Function a = Function Term

-- | What a packet runs through.
type NetFunction = Function (Qbuff -> Action Qbuff)

-- | A question that a packet answers with yes or no.
type NetPredicate = Function (Qbuff -> Bool)

-- | A number that a packet has, or has not.
type NetProperty = Function (Qbuff -> Word64)

-- | A call of a primitive, or one function after the other.
data Term
  = Call String [Operand]
  | Sequence Term Term

data Operand
  = Fun Term
  | Scalar ArgumentType Value
  | List ArgumentType [Value]
  | Invalid String

primitive :: String -> [Operand] -> Function a
primitive symbol = Function . Call symbol

function :: Function a -> Operand
function (Function term) = Fun term

-- | A constant; the text says where, for the message about one that does not fit.
scalar :: Constant a => String -> Maybe (Int, Int) -> a -> Operand
scalar place limits given = either (refused place) (Scalar (argumentType [given])) (valueOf limits given)

list :: Constant a => String -> Maybe (Int, Int) -> [a] -> Operand
list place limits given = either (refused place) (List (argumentType given)) (elements (valueOf limits) given)

string :: String -> Maybe (Int, Int) -> String -> Operand
string place _ = either (refused place) (Scalar argString) . textValue

strings :: String -> Maybe (Int, Int) -> [String] -> Operand
strings place _ = either (refused place) (List argString) . elements textValue

refused :: String -> String -> Operand
refused place reason = Invalid (place ++ ": " ++ reason)

elements :: (a -> Either String Value) -> [a] -> Either String [Value]
elements one = traverse numbered . zip [1 :: Int ..]
 where
  numbered (index, each) = either (\reason -> Left ("element " ++ show index ++ ": " ++ reason)) Right (one each)
