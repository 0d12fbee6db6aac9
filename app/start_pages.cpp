// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/start_pages.h"

#include <QtSystemDetection>

#ifdef Q_OS_LINUX
#include <cstdint>

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace lunargate {

#ifdef Q_OS_LINUX

namespace {

// What no segment's flags let anybody write is as it stands in the file, and can be read from there again. Relocated
// constants are in writable segments, although they are protected later.
int releaseReadOnly(dl_phdr_info *object, size_t, void *)
{
    const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (int index = 0; index < object->dlpi_phnum; ++index) {
        const ElfW(Phdr) &segment = object->dlpi_phdr[index];
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0)
            continue;
        const uintptr_t address = object->dlpi_addr + segment.p_vaddr;
        const uintptr_t begin = address / page * page;
        // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader tells addresses as numbers
        ::madvise(reinterpret_cast<void *>(begin), address + segment.p_memsz - begin, MADV_DONTNEED);
    }
    return 0;
}

} // namespace

void releaseStartPages()
{
    ::dl_iterate_phdr(&releaseReadOnly, nullptr);
}

#else

void releaseStartPages() {}

#endif

} // namespace lunargate
