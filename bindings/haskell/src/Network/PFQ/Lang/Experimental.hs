-- SPDX-License-Identifier: BSD-3-Clause

-- |
-- Description : The primitives under a second name
--
-- All that "Network.PFQ.Lang.Default" has, for programs that import both: every primitive is in either.
module Network.PFQ.Lang.Experimental
  ( -- * All of the language
    module Network.PFQ.Lang.Default
  ) where

import Network.PFQ.Lang.Default
