# SPDX-License-Identifier: GPL-2.0-only
# pfq.ko for the kernel whose headers are in KDIR, in build/VERSION. Kbuild leaves what it makes beside its sources, so it
# works on links to them. W=1 and C=1 are Kbuild's: more warnings, sparse.
KDIR ?= /lib/modules/$(shell uname -r)/build
# the name that modules carry, which is not always the one in include/config/kernel.release
KERNEL_VERSION = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)
KERNEL_BUILD = $(CURDIR)/build/$(KERNEL_VERSION)

.PHONY: modules modules_install dkms
modules:
	@test -e $(KDIR)/include/generated/utsrelease.h || { echo "pfq.ko: no kernel headers in $(KDIR)" >&2; exit 1; }
	@mkdir -p $(KERNEL_BUILD) && cd $(KERNEL_BUILD) && find . -xtype l -delete && \
		cp -rsf $(CURDIR)/Kbuild $(CURDIR)/engine $(CURDIR)/linux .
	@$(MAKE) --no-print-directory -C $(KDIR) M=$(KERNEL_BUILD) PFQ_ABI_INCLUDE=$(abspath ../abi/include) modules

# By root, who builds nothing: it would be root's.
modules_install:
	@test -e $(KERNEL_BUILD)/pfq.ko || { echo "pfq.ko: not built for the kernel in $(KDIR): make modules" >&2; exit 1; }
	@$(MAKE) --no-print-directory -C $(KDIR) M=$(KERNEL_BUILD) modules_install

# The sources as DKMS wants them: dkms add build/dkms/pfq-VERSION
DKMS_TREE = build/dkms/pfq-$(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' packaging/dkms.conf)
dkms:
	@rm -rf $(DKMS_TREE) && mkdir -p $(DKMS_TREE)
	@cp -r Kbuild engine linux packaging/dkms.conf ../abi/include $(DKMS_TREE)
	@echo $(DKMS_TREE)
