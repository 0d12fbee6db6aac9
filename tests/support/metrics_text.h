// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <map>
#include <vector>

namespace lunargate::test {

/// A page of Prometheus metrics (text format 0.0.4) taken apart, for assertions.
class MetricsText
{
public:
    using Labels = std::map<QByteArray, QByteArray>;
    struct Series
    {
        QByteArray name;
        Labels labels;
        double value = 0;
    };

    explicit MetricsText(const QByteArray &page);

    /// The sum over all series of that name which have at least these labels; 0 if there are none.
    double sum(const QByteArray &name, const Labels &labels = {}) const;
    /// How many such series there are.
    int count(const QByteArray &name, const Labels &labels = {}) const;
    /// `counter`, `gauge`, `histogram`; empty if the page does not say.
    QByteArray type(const QByteArray &name) const;
    QByteArray help(const QByteArray &name) const;
    const std::vector<Series> &series() const { return m_series; }
    /// The first line that is not of the format; empty if all are.
    QByteArray error() const { return m_error; }

private:
    void readLine(const QByteArray &line);

    std::vector<Series> m_series;
    std::map<QByteArray, QByteArray> m_types;
    std::map<QByteArray, QByteArray> m_helps;
    QByteArray m_error;
};

} // namespace lunargate::test
