// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include <pfq/pfq.h>

// A socket of libpfq, closed by whoever comes first: its owner, or the last of those who share it.
// The views on its queue share it too, so that the memory under a view is there as long as the view
// can be read.
class Handle
{
      public:
	explicit Handle(pfq_t *q) : q_(q)
	{
	}

	Handle(const Handle &) = delete;
	Handle &operator=(const Handle &) = delete;

	~Handle()
	{
		close();
	}

	void close()
	{
		if (q_)
			pfq_close(q_);
		q_ = nullptr;
	}

	pfq_t *get() const
	{
		return q_;
	}

      private:
	pfq_t *q_;
};
