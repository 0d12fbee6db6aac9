// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/clients/edit_result.h"

#include <span>

namespace lunargate::ui {

// Both leave every other byte as it is, and refuse what they do not understand: multi-line strings, and other ways to
// write the same key.

/// Sets a key above all tables to the text `value`, which needs no escapes.
EditResult setTomlText(const QByteArray &text, const QByteArray &key, const QByteArray &value);

/// A key of a table, and its text, which needs no escapes; an empty one takes the key away.
struct TomlEntry
{
    QByteArray key;
    QByteArray value;
};

/// Sets these keys of the table `[parent.name]`, which is made if it is not there.
EditResult setTomlTable(const QByteArray &text, const QByteArray &parent, const QByteArray &name,
                        std::span<const TomlEntry> entries);

} // namespace lunargate::ui
