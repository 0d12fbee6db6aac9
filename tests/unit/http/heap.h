// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define LUNARGATE_TELLS_HEAP
#include <malloc.h>
#endif

namespace lunargate::test {

/// What this process has allocated; 0 if its allocator does not tell (that of a sanitizer).
inline size_t allocatedBytes()
{
#ifdef LUNARGATE_TELLS_HEAP
    return mallinfo2().uordblks;
#else
    return 0;
#endif
}

} // namespace lunargate::test
