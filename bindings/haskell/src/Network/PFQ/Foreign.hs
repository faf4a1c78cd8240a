-- SPDX-License-Identifier: BSD-3-Clause
{-# LANGUAGE InterruptibleFFI #-}

-- | The functions of libpfq.
module Network.PFQ.Foreign where

import Data.Word (Word64)
import Foreign.C.String (CString)
import Foreign.C.Types
import Foreign.Ptr (FunPtr, Ptr)
import System.Posix.Types (CSsize (..))

-- | @pfq_t@.
data PfqT

type Q = Ptr PfqT

foreign import ccall safe "pfq_open_nogroup" c_open_nogroup :: CSize -> CSize -> CSize -> CSize -> IO Q

foreign import ccall safe "pfq_open_group" c_open_group :: Word64 -> CInt -> CSize -> CSize -> CSize -> CSize -> IO Q

foreign import ccall safe "pfq_close" c_close :: Q -> IO CInt

foreign import ccall safe "pfq_enable" c_enable :: Q -> IO CInt

foreign import ccall safe "pfq_disable" c_disable :: Q -> IO CInt

foreign import ccall safe "pfq_is_enabled" c_is_enabled :: Q -> IO CInt

foreign import ccall safe "pfq_id" c_id :: Q -> IO CInt

foreign import ccall safe "pfq_group_id" c_group_id :: Q -> IO CInt

foreign import ccall safe "pfq_get_fd" c_get_fd :: Q -> IO CInt

foreign import ccall safe "pfq_host" c_host :: Q -> IO CString

foreign import ccall unsafe "pfq_error" c_error :: Q -> IO CString

foreign import ccall unsafe "pfq_error_node" c_error_node :: Q -> IO CInt

foreign import ccall safe "pfq_set_caplen" c_set_caplen :: Q -> CSize -> IO CInt

foreign import ccall safe "pfq_set_xmitlen" c_set_xmitlen :: Q -> CSize -> IO CInt

foreign import ccall safe "pfq_set_rx_slots" c_set_rx_slots :: Q -> CSize -> IO CInt

foreign import ccall safe "pfq_set_tx_slots" c_set_tx_slots :: Q -> CSize -> IO CInt

foreign import ccall safe "pfq_get_caplen" c_get_caplen :: Q -> IO CSsize

foreign import ccall safe "pfq_get_xmitlen" c_get_xmitlen :: Q -> IO CSsize

foreign import ccall safe "pfq_get_rx_slots" c_get_rx_slots :: Q -> IO CSsize

foreign import ccall safe "pfq_get_tx_slots" c_get_tx_slots :: Q -> IO CSsize

foreign import ccall safe "pfq_get_rx_slot_size" c_get_rx_slot_size :: Q -> IO CSsize

foreign import ccall safe "pfq_get_tx_slot_size" c_get_tx_slot_size :: Q -> IO CSsize

foreign import ccall safe "pfq_set_weight" c_set_weight :: Q -> CInt -> IO CInt

foreign import ccall safe "pfq_get_weight" c_get_weight :: Q -> IO CInt

foreign import ccall safe "pfq_timestamping_enable" c_timestamping_enable :: Q -> CInt -> IO CInt

foreign import ccall safe "pfq_is_timestamping_enabled" c_is_timestamping_enabled :: Q -> IO CInt

foreign import ccall safe "pfq_mem_size" c_mem_size :: Q -> IO CSsize

foreign import ccall safe "pfq_mem_addr" c_mem_addr :: Q -> IO (Ptr ())

foreign import ccall safe "pfq_ifindex" c_ifindex :: Q -> CString -> IO CInt

foreign import ccall safe "pfq_set_promisc" c_set_promisc :: Q -> CString -> CInt -> IO CInt

foreign import ccall safe "pfq_hugepages_mountpoint" c_hugepages_mountpoint :: IO CString

foreign import ccall safe "pfq_join_group" c_join_group :: Q -> CInt -> Word64 -> CInt -> IO CInt

foreign import ccall safe "pfq_leave_group" c_leave_group :: Q -> CInt -> IO CInt

foreign import ccall safe "pfq_get_groups" c_get_groups :: Q -> Ptr () -> IO CInt

foreign import ccall safe "pfq_bind" c_bind :: Q -> CString -> CInt -> IO CInt

foreign import ccall safe "pfq_unbind" c_unbind :: Q -> CString -> CInt -> IO CInt

foreign import ccall safe "pfq_bind_group" c_bind_group :: Q -> CInt -> CString -> CInt -> IO CInt

foreign import ccall safe "pfq_unbind_group" c_unbind_group :: Q -> CInt -> CString -> CInt -> IO CInt

foreign import ccall safe "pfq_egress_bind" c_egress_bind :: Q -> CString -> CInt -> IO CInt

foreign import ccall safe "pfq_egress_unbind" c_egress_unbind :: Q -> IO CInt

foreign import ccall safe "pfq_set_group_computation" c_set_group_computation :: Q -> CInt -> CString -> CSize -> IO CInt

foreign import ccall safe "pfq_set_group_computation_from_string" c_set_group_computation_from_string :: Q -> CInt -> CString -> IO CInt

foreign import ccall safe "pfq_set_group_computation_from_json" c_set_group_computation_from_json :: Q -> CInt -> CString -> IO CInt

foreign import ccall safe "pfq_set_group_computation_from_file" c_set_group_computation_from_file :: Q -> CInt -> CString -> IO CInt

foreign import ccall safe "pfq_set_logger" c_set_logger :: FunPtr Logger -> CString -> IO ()

-- | @pfq_logger_t@.
type Logger = CString -> CString -> IO ()

foreign import ccall "wrapper" c_logger :: Logger -> IO (FunPtr Logger)

foreign import ccall safe "pfq_group_fprog" c_group_fprog :: Q -> CInt -> Ptr () -> IO CInt

foreign import ccall safe "pfq_group_fprog_fd" c_group_fprog_fd :: Q -> CInt -> CInt -> IO CInt

foreign import ccall safe "pfq_group_fprog_reset" c_group_fprog_reset :: Q -> CInt -> IO CInt

foreign import ccall safe "pfq_vlan_filters_enable" c_vlan_filters_enable :: Q -> CInt -> CInt -> IO CInt

foreign import ccall safe "pfq_vlan_set_filter" c_vlan_set_filter :: Q -> CInt -> CInt -> IO CInt

foreign import ccall safe "pfq_vlan_reset_filter" c_vlan_reset_filter :: Q -> CInt -> CInt -> IO CInt

-- | Without a wait, a read is too short to tell the run-time system about.
foreign import ccall unsafe "pfq_read" c_read_now :: Q -> Ptr () -> CLong -> IO CInt

foreign import ccall interruptible "pfq_read" c_read :: Q -> Ptr () -> CLong -> IO CInt

foreign import ccall interruptible "pfq_poll" c_poll :: Q -> CLong -> IO CInt

foreign import ccall safe "pfq_arm" c_arm :: Q -> IO CInt

foreign import ccall safe "pfq_disarm" c_disarm :: Q -> IO CInt

foreign import ccall safe "pfq_bind_tx" c_bind_tx :: Q -> CString -> CInt -> CInt -> IO CInt

foreign import ccall safe "pfq_unbind_tx" c_unbind_tx :: Q -> IO CInt

foreign import ccall safe "pfq_send" c_send :: Q -> CString -> CSize -> CSize -> CUInt -> IO CInt

foreign import ccall safe "pfq_send_async" c_send_async :: Q -> CString -> CSize -> CSize -> CInt -> IO CInt

foreign import ccall safe "pfq_send_raw" c_send_raw :: Q -> CString -> CSize -> Word64 -> CSize -> CInt -> IO CInt

foreign import ccall safe "pfq_async_pending" c_async_pending :: Q -> CInt -> IO CSsize

foreign import ccall safe "pfq_sync_queue" c_sync_queue :: Q -> CInt -> IO CInt

foreign import ccall safe "pfq_get_stats" c_get_stats :: Q -> Ptr () -> IO CInt

foreign import ccall safe "pfq_get_group_stats" c_get_group_stats :: Q -> CInt -> Ptr () -> IO CInt

foreign import ccall safe "pfq_get_group_counters" c_get_group_counters :: Q -> CInt -> Ptr () -> IO CInt

foreign import ccall safe "pfq_get_device_stats" c_get_device_stats :: Q -> CString -> Ptr () -> IO CInt
