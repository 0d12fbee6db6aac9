// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/yaml_value.h"

#include <QByteArray>
#include <QByteArrayView>

#include <expected>
#include <variant>
#include <vector>

namespace lunargate {

/// From the root to a value: keys of maps (found in any case, as the configuration's are) and indexes of lists.
using YamlPath = std::vector<std::variant<QByteArray, std::size_t>>;

/// Why a text cannot be changed.
struct YamlSpliceError
{
    int line = 0; ///< 1-based, where it fails; 0: nowhere in particular
    QByteArray reason;

    /// `line 3: reason`
    QByteArray toText() const;
};

/// The whole text, changed.
using YamlSpliced = std::expected<QByteArray, YamlSpliceError>;

// They change single values of a YAML or JSON text, and leave all its other bytes as they are: comments, blank lines,
// quotes, line ends. What they add is indented as its neighbours are, in brackets where they are in brackets. Maps that
// are missing on the way are made.
//
// Each reads the new text again, and fails rather than give one that says more or less than the change. They also fail
// where what is to be changed counts elsewhere, too: below an anchor that is used, an alias, or a merged map. Any
// thread.

/// Changes a single value, which gets the quotes that it had, or adds it.
YamlSpliced spliceScalar(QByteArrayView text, const YamlPath &path, const YamlValue &scalar);

/// Adds an entry at the end of a map; the path ends with its key. Fails if it is there already.
YamlSpliced spliceEntry(QByteArrayView text, const YamlPath &path, const YamlValue &value);

/// Adds an item to the list at `path`, before the one that has the index now; an index past the end means the end.
YamlSpliced spliceItem(QByteArrayView text, const YamlPath &path, std::size_t index, const YamlValue &item);

} // namespace lunargate
