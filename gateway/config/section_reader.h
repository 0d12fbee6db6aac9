// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/config/scalar.h"

#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace lunargate {

/// Reads one map of the configuration into a struct: a line a key. A missing or empty key leaves the value as it is.
/// Every problem goes to the context, and reading goes on. Once all keys are read, finish() reports those that nobody
/// knows.
///
/// Keys match in any case. Values are expanded (`${VAR}`) before they are converted. A scalar or a list of scalars that
/// is not inside a list is replaced by the environment variable named like its path (SERVER_PORT), if that is not
/// empty.
class SectionReader
{
public:
    /// Reads the whole document.
    SectionReader(ReadingContext &context, const YamlNode *root);

    void read(QByteArrayView key, bool &value);
    void read(QByteArrayView key, std::optional<bool> &value);
    void read(QByteArrayView key, int &value, Range<int> range = {});
    void read(QByteArrayView key, std::optional<int> &value, Range<int> range = {});
    void read(QByteArrayView key, double &value, Range<double> range = {});
    void read(QByteArrayView key, std::optional<double> &value, Range<double> range = {});
    void read(QByteArrayView key, milliseconds &value);
    void read(QByteArrayView key, std::optional<milliseconds> &value);
    void read(QByteArrayView key, QByteArray &value, Blank blank = Blank::Allowed);
    void read(QByteArrayView key, std::optional<QByteArray> &value);
    void read(QByteArrayView key, SecretString &value);
    void read(QByteArrayView key, std::vector<QByteArray> &value, Blank blank = Blank::Allowed);
    void read(QByteArrayView key, QList<int> &value, Range<int> range);
    void read(QByteArrayView key, std::vector<int> &value, Range<int> range);
    void readSize(QByteArrayView key, qint64 &value, Range<qint64> range);
    void readUrl(QByteArrayView key, QByteArray &value);

    /// A word of a fixed set, in any case.
    template <typename Enum>
        requires std::is_enum_v<Enum>
    void read(QByteArrayView key, Enum &value)
    {
        if (const std::optional<int> word = readWord(key, namesOf(value), std::to_underlying(value)))
            value = static_cast<Enum>(*word);
    }
    std::optional<int> readWord(QByteArrayView key, std::span<const NamedValue> names, std::optional<int> defaultValue,
                                Blank blank = Blank::Allowed);

    /// Secrets with their places, so that the caller can name the one that is missing: it is empty.
    std::vector<std::pair<SecretString, Place>> readSecrets(QByteArrayView key);

    /// Texts of which every character counts, also spaces at the ends, with their places.
    std::vector<std::pair<QByteArray, Place>> readPatterns(QByteArrayView key);

    enum class MapKeys { AsWritten, LowerCase };
    /// A map with keys of the user's own; its text is neither trimmed nor checked. Returns the place of each.
    std::map<QByteArray, Place> readMap(QByteArrayView key, std::map<QByteArray, QByteArray> &value, MapKeys keys);

    /// A map below this one; `readSection` runs also if it is missing.
    void section(QByteArrayView key, const std::function<void(SectionReader &)> &readSection);
    /// A list of maps; `readItem` runs once for each.
    void list(QByteArrayView key, const std::function<void(SectionReader &)> &readItem);
    using ReadNamed = std::function<void(const QByteArray &name, SectionReader &)>;
    /// A map of maps with keys of the user's own; `readItem` runs once for each.
    void named(QByteArrayView key, const ReadNamed &readItem);
    /// The same where this map itself is the one; lists of keys show its keys as `placeholder`.
    void each(const QByteArray &placeholder, const ReadNamed &readItem);

    /// A key that other versions know and that does nothing here; says `why`.
    void ignore(QByteArrayView key, const QByteArray &why);

    /// Reports the keys that nobody asked for.
    void finish();

    /// Whether the key has a value, be it by an override.
    bool has(QByteArrayView key) const;
    /// The place of the value of `key`, or of this section if it is missing.
    Place placeOf(QByteArrayView key) const;
    const Place &place() const { return m_place; }
    ReadingContext &context() { return m_context; }
    /// Whether the keys are being listed instead of read; problems do not count then.
    bool isDescribing() const { return m_context.knownKeys != nullptr; }

private:
    using Variable = std::optional<QByteArray>; ///< nothing inside lists, which variables cannot address

    SectionReader(ReadingContext &context, const YamlNode *node, Place place, Variable variable);

    const YamlEntry *find(QByteArrayView key) const;
    /// The entry of `key` unless it is missing or empty; in any case the key is known from now on.
    const YamlEntry *take(QByteArrayView key);
    /// Whether the key stands there without a value.
    bool isBare(QByteArrayView key) const { return find(key) && !has(key); }
    /// Lists the key if that is what this reading is for.
    bool describe(QByteArrayView key, const QByteArray &type, const QByteArray &defaultValue);
    QByteArray pathOf(QByteArrayView key) const { return pathOfKey(m_place.path, key.toByteArray()); }
    /// Leaves overrides aside, as a variable named like a section says nothing about it.
    Place filePlaceOf(QByteArrayView key) const;
    Variable variableOf(QByteArrayView key) const;
    std::optional<Scalar> overrideOf(QByteArrayView key) const;
    std::optional<Scalar> scalar(QByteArrayView key, const QByteArray &expected);
    std::vector<Scalar> scalars(QByteArrayView key, const QByteArray &expected, Blank blank = Blank::Allowed);
    std::optional<std::vector<int>> integers(QByteArrayView key, Range<int> range);
    const YamlNode *mapOrNull(const YamlNode &node, const Place &place);
    void reportTwins(const YamlNode &map, const QByteArray &path);

    template <typename Value, typename Convert>
    void assign(QByteArrayView key, const QByteArray &expected, Value &value, Convert convert);

    ReadingContext &m_context;
    const YamlNode *m_node; ///< a map, or nullptr
    Place m_place;
    Variable m_variable;
    std::vector<QByteArray> m_known;
};

} // namespace lunargate
