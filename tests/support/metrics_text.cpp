// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/metrics_text.h"

#include <algorithm>

namespace lunargate::test {

namespace {

bool hasLabels(const MetricsText::Series &series, const MetricsText::Labels &labels)
{
    return std::ranges::all_of(labels, [&](const auto &label) {
        const auto found = series.labels.find(label.first);
        return found != series.labels.end() && found->second == label.second;
    });
}

// Reads `name="value"` pairs; false if the text is something else.
bool readLabels(QByteArrayView text, MetricsText::Labels &labels)
{
    while (!text.isEmpty()) {
        const qsizetype equals = text.indexOf('=');
        if (equals < 1 || equals + 1 >= text.size() || text[equals + 1] != '"')
            return false;
        QByteArray value;
        qsizetype at = equals + 2;
        for (; at < text.size() && text[at] != '"'; ++at) {
            if (text[at] == '\\' && ++at < text.size())
                value += text[at] == 'n' ? '\n' : text[at];
            else
                value += text[at];
        }
        if (at >= text.size())
            return false;
        labels[text.first(equals).toByteArray()] = value;
        text = text.sliced(at + 1);
        if (text.startsWith(','))
            text = text.sliced(1);
    }
    return true;
}

} // namespace

MetricsText::MetricsText(const QByteArray &page)
{
    for (const QByteArray &line : page.split('\n')) {
        if (!line.isEmpty())
            readLine(line);
    }
}

double MetricsText::sum(const QByteArray &name, const Labels &labels) const
{
    double total = 0;
    for (const Series &series : m_series) {
        if (series.name == name && hasLabels(series, labels))
            total += series.value;
    }
    return total;
}

int MetricsText::count(const QByteArray &name, const Labels &labels) const
{
    return static_cast<int>(std::ranges::count_if(
        m_series, [&](const Series &series) { return series.name == name && hasLabels(series, labels); }));
}

QByteArray MetricsText::type(const QByteArray &name) const
{
    const auto found = m_types.find(name);
    return found == m_types.end() ? QByteArray() : found->second;
}

QByteArray MetricsText::help(const QByteArray &name) const
{
    const auto found = m_helps.find(name);
    return found == m_helps.end() ? QByteArray() : found->second;
}

void MetricsText::readLine(const QByteArray &line)
{
    if (line.startsWith("# ")) {
        const qsizetype nameEnd = line.indexOf(' ', 7);
        auto &texts = line.startsWith("# TYPE ") ? m_types : m_helps;
        texts[line.mid(7, nameEnd - 7)] = line.mid(nameEnd + 1);
        return;
    }
    // A label's value may hold anything, so the value of the series is what follows the last brace or space.
    const qsizetype brace = line.indexOf('{');
    const qsizetype closing = line.lastIndexOf('}');
    const qsizetype nameEnd = brace < 0 ? line.indexOf(' ') : brace;
    Series series;
    series.name = line.left(nameEnd);
    const QByteArray rest = line.mid((brace < 0 ? nameEnd : closing) + 1).trimmed();
    bool isNumber = false;
    series.value = rest.toDouble(&isNumber);
    const bool hasGoodLabels =
        brace < 0 || readLabels(QByteArrayView(line).sliced(brace + 1, closing - brace - 1), series.labels);
    if ((!isNumber || !hasGoodLabels) && m_error.isEmpty())
        m_error = line;
    m_series.push_back(series);
}

} // namespace lunargate::test
