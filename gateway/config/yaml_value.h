// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>

#include <vector>

namespace lunargate {

struct YamlValueEntry;

/// Something to be written into a YAML text.
struct YamlValue
{
    enum class Kind {
        Text,   ///< put in quotes where others might take it for something else
        Number, ///< written as it is
        List,
        Map,
    };

    static YamlValue ofText(QByteArray text);
    static YamlValue ofNumber(qint64 number);
    static YamlValue ofList(std::vector<YamlValue> items);
    static YamlValue ofMap(std::vector<YamlValueEntry> entries);

    bool isScalar() const { return kind == Kind::Text || kind == Kind::Number; }
    bool isEmpty() const;

    Kind kind = Kind::Text;
    QByteArray text = {};
    std::vector<YamlValue> items;
    std::vector<YamlValueEntry> entries;
};

/// One `key: value` of a map.
struct YamlValueEntry
{
    QByteArray key;
    YamlValue value;
};

/// How a YAML text is indented: spaces from a key or dash to what belongs to it.
struct YamlIndents
{
    qsizetype map = 2;  ///< from a key to the keys below it
    qsizetype list = 2; ///< from a key to the dashes below it; may be 0
    qsizetype item = 2; ///< from a dash to what follows it
};

/// A text or key as it stands in YAML. `quote`: 0 means quotes only if it needs them, and it is put in double quotes
/// also where single ones are asked for and cannot hold it.
QByteArray yamlScalarText(const QByteArray &text, char quote = 0);

/// The value in one line, as it stands inside brackets. `isJson`: with quotes around all texts and keys.
QByteArray yamlFlowText(const YamlValue &value, bool isJson);

/// The lines of a map or list that is not empty, without line ends; its keys or dashes stand in `column` (from 0).
QByteArrayList yamlBlockLines(const YamlValue &value, qsizetype column, const YamlIndents &indents);

} // namespace lunargate
