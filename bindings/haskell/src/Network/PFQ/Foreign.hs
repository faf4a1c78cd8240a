-- SPDX-License-Identifier: BSD-3-Clause
{-# LANGUAGE InterruptibleFFI #-}

-- | The functions of libpfq, by way of cbits/calls.c: what fails gives less than 0, the negated address of a 'FailureT'.
module Network.PFQ.Foreign where

import Data.Int (Int64)
import Data.Word (Word64)
import Foreign.C.String (CString)
import Foreign.C.Types
import Foreign.Ptr (FunPtr, Ptr)

-- | @pfq_t@.
data PfqT

type Q = Ptr PfqT

-- | Why a call failed, to be given back by 'c_forget'.
data FailureT

foreign import ccall unsafe "pfq_haskell_forget" c_forget :: Ptr FailureT -> IO ()

foreign import ccall safe "pfq_haskell_open_nogroup" c_open_nogroup :: CSize -> CSize -> CSize -> CSize -> IO Int64

foreign import ccall safe "pfq_haskell_open_group" c_open_group :: Word64 -> CInt -> CSize -> CSize -> CSize -> CSize -> IO Int64

foreign import ccall safe "pfq_haskell_close" c_close :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_enable" c_enable :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_disable" c_disable :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_is_enabled" c_is_enabled :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_id" c_id :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_group_id" c_group_id :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_get_fd" c_get_fd :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_host" c_host :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_set_caplen" c_set_caplen :: Q -> CSize -> IO Int64

foreign import ccall safe "pfq_haskell_set_xmitlen" c_set_xmitlen :: Q -> CSize -> IO Int64

foreign import ccall safe "pfq_haskell_set_rx_slots" c_set_rx_slots :: Q -> CSize -> IO Int64

foreign import ccall safe "pfq_haskell_set_tx_slots" c_set_tx_slots :: Q -> CSize -> IO Int64

foreign import ccall safe "pfq_haskell_get_caplen" c_get_caplen :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_get_xmitlen" c_get_xmitlen :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_get_rx_slots" c_get_rx_slots :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_get_tx_slots" c_get_tx_slots :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_get_rx_slot_size" c_get_rx_slot_size :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_get_tx_slot_size" c_get_tx_slot_size :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_set_weight" c_set_weight :: Q -> CInt -> IO Int64

foreign import ccall safe "pfq_haskell_get_weight" c_get_weight :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_timestamping_enable" c_timestamping_enable :: Q -> CInt -> IO Int64

foreign import ccall safe "pfq_haskell_is_timestamping_enabled" c_is_timestamping_enabled :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_mem_size" c_mem_size :: Q -> IO Int64

foreign import ccall safe "pfq_mem_addr" c_mem_addr :: Q -> IO (Ptr ())

foreign import ccall safe "pfq_haskell_ifindex" c_ifindex :: Q -> CString -> IO Int64

foreign import ccall safe "pfq_haskell_set_promisc" c_set_promisc :: Q -> CString -> CInt -> IO Int64

foreign import ccall safe "pfq_hugepages_mountpoint" c_hugepages_mountpoint :: IO CString

foreign import ccall safe "pfq_haskell_join_group" c_join_group :: Q -> CInt -> Word64 -> CInt -> IO Int64

foreign import ccall safe "pfq_haskell_leave_group" c_leave_group :: Q -> CInt -> IO Int64

foreign import ccall safe "pfq_haskell_get_groups" c_get_groups :: Q -> Ptr () -> IO Int64

foreign import ccall safe "pfq_haskell_bind" c_bind :: Q -> CString -> CInt -> IO Int64

foreign import ccall safe "pfq_haskell_unbind" c_unbind :: Q -> CString -> CInt -> IO Int64

foreign import ccall safe "pfq_haskell_bind_group" c_bind_group :: Q -> CInt -> CString -> CInt -> IO Int64

foreign import ccall safe "pfq_haskell_unbind_group" c_unbind_group :: Q -> CInt -> CString -> CInt -> IO Int64

foreign import ccall safe "pfq_haskell_egress_bind" c_egress_bind :: Q -> CString -> CInt -> IO Int64

foreign import ccall safe "pfq_haskell_egress_unbind" c_egress_unbind :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_set_group_computation" c_set_group_computation :: Q -> CInt -> CString -> CSize -> IO Int64

foreign import ccall safe "pfq_haskell_set_group_computation_from_string" c_set_group_computation_from_string :: Q -> CInt -> CString -> IO Int64

foreign import ccall safe "pfq_haskell_set_group_computation_from_json" c_set_group_computation_from_json :: Q -> CInt -> CString -> IO Int64

foreign import ccall safe "pfq_haskell_set_group_computation_from_file" c_set_group_computation_from_file :: Q -> CInt -> CString -> IO Int64

foreign import ccall safe "pfq_set_logger" c_set_logger :: FunPtr Logger -> CString -> IO ()

-- | @pfq_logger_t@.
type Logger = CString -> CString -> IO ()

foreign import ccall "wrapper" c_logger :: Logger -> IO (FunPtr Logger)

foreign import ccall safe "pfq_haskell_group_fprog" c_group_fprog :: Q -> CInt -> Ptr () -> IO Int64

foreign import ccall safe "pfq_haskell_group_fprog_fd" c_group_fprog_fd :: Q -> CInt -> CInt -> IO Int64

foreign import ccall safe "pfq_haskell_group_fprog_reset" c_group_fprog_reset :: Q -> CInt -> IO Int64

foreign import ccall safe "pfq_haskell_vlan_filters_enable" c_vlan_filters_enable :: Q -> CInt -> CInt -> IO Int64

foreign import ccall safe "pfq_haskell_vlan_set_filter" c_vlan_set_filter :: Q -> CInt -> CInt -> IO Int64

foreign import ccall safe "pfq_haskell_vlan_reset_filter" c_vlan_reset_filter :: Q -> CInt -> CInt -> IO Int64

-- | Without a wait, a read is too short to tell the run-time system about.
foreign import ccall unsafe "pfq_haskell_read" c_read_now :: Q -> Ptr () -> CLong -> IO Int64

foreign import ccall interruptible "pfq_haskell_read" c_read :: Q -> Ptr () -> CLong -> IO Int64

foreign import ccall interruptible "pfq_haskell_recv" c_recv :: Q -> Ptr () -> CSize -> Ptr () -> CLong -> IO Int64

foreign import ccall interruptible "pfq_haskell_poll" c_poll :: Q -> CLong -> IO Int64

foreign import ccall safe "pfq_haskell_arm" c_arm :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_disarm" c_disarm :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_bind_tx" c_bind_tx :: Q -> CString -> CInt -> CInt -> IO Int64

foreign import ccall safe "pfq_haskell_unbind_tx" c_unbind_tx :: Q -> IO Int64

foreign import ccall safe "pfq_haskell_send" c_send :: Q -> CString -> CSize -> CSize -> CUInt -> IO Int64

foreign import ccall safe "pfq_haskell_send_async" c_send_async :: Q -> CString -> CSize -> CSize -> CInt -> IO Int64

foreign import ccall safe "pfq_haskell_send_raw" c_send_raw :: Q -> CString -> CSize -> Word64 -> CSize -> CInt -> IO Int64

foreign import ccall safe "pfq_haskell_async_pending" c_async_pending :: Q -> CInt -> IO Int64

foreign import ccall safe "pfq_haskell_sync_queue" c_sync_queue :: Q -> CInt -> IO Int64

foreign import ccall safe "pfq_haskell_get_stats" c_get_stats :: Q -> Ptr () -> IO Int64

foreign import ccall safe "pfq_haskell_get_group_stats" c_get_group_stats :: Q -> CInt -> Ptr () -> IO Int64

foreign import ccall safe "pfq_haskell_get_group_counters" c_get_group_counters :: Q -> CInt -> Ptr () -> IO Int64

foreign import ccall safe "pfq_haskell_get_device_stats" c_get_device_stats :: Q -> CString -> Ptr () -> IO Int64
