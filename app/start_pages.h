// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lunargate {

/// Gives back the pages that were needed to start only: most of the memory of a gateway without a window is code and
/// tables of a hundred libraries that were read once, to load and set them up. What is needed later comes back from
/// the system's file cache, page by page. Does nothing but on Linux. Any thread may call it, at any time.
void releaseStartPages();

} // namespace lunargate
