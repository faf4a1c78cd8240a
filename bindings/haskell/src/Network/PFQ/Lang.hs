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
