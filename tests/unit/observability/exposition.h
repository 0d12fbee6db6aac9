// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QHash>

#include <algorithm>

namespace lunargate::test {

/// Prometheus' text format, taken apart: each series (`name{label="value",…}`, labels sorted by name) with its number.
class Exposition
{
public:
    explicit Exposition(const QByteArray &text)
    {
        for (const QByteArray &line : text.split('\n')) {
            const qsizetype space = line.lastIndexOf(' ');
            if (line.startsWith('#'))
                m_comments.append(line);
            else if (space > 0)
                m_values.insert(line.first(space), line.sliced(space + 1).toDouble());
        }
    }

    bool contains(const QByteArray &series) const { return m_values.contains(series); }
    /// -1 if there is no such series.
    double value(const QByteArray &series) const { return m_values.value(series, -1); }
    /// Every series of that name, sorted.
    QByteArrayList series(const QByteArray &name) const
    {
        QByteArrayList result;
        for (auto it = m_values.begin(); it != m_values.end(); ++it) {
            if (it.key() == name || it.key().startsWith(name + '{'))
                result.append(it.key());
        }
        std::ranges::sort(result);
        return result;
    }
    /// Of all series of that name.
    double sum(const QByteArray &name) const
    {
        double result = 0;
        for (const QByteArray &key : series(name))
            result += value(key);
        return result;
    }
    qsizetype size() const { return m_values.size(); }
    const QByteArrayList &comments() const { return m_comments; }

private:
    QHash<QByteArray, double> m_values;
    QByteArrayList m_comments;
};

} // namespace lunargate::test
