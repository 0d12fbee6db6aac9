// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config.h"
#include "gateway/observability/request_record.h"
#include "gateway/pipeline/services.h"

#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include <map>
#include <set>

using namespace lunargate;
using namespace std::chrono_literals;

namespace {

/// By name: `type label,label`, labels sorted.
using Table = std::map<QByteArray, QByteArray>;

QByteArray entry(const QByteArray &type, const std::set<QByteArray> &labels)
{
    return type + ' ' + QByteArrayList(labels.begin(), labels.end()).join(',');
}

Table documented()
{
    QFile file(QStringLiteral(LUNARGATE_SOURCE_DIR "/docs/observability.md"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    static const QRegularExpression kLabel(QStringLiteral("`(\\w+)`"));
    Table table;
    for (const QByteArray &line : file.readAll().split('\n')) {
        const QByteArrayList cells = line.split('|');
        if (cells.size() < 6 || !QByteArrayList{"counter", "gauge", "histogram"}.contains(cells[2].trimmed()))
            continue;
        std::set<QByteArray> labels;
        for (const QRegularExpressionMatch &label : kLabel.globalMatch(QString::fromUtf8(cells[3])))
            labels.insert(label.captured(1).toUtf8());
        table[cells[1].trimmed().replace('`', "")] = entry(cells[2].trimmed(), labels);
    }
    return table;
}

Table rendered(const QByteArray &page)
{
    static const QRegularExpression kLabel(QStringLiteral("(\\w+)=\""));
    Table table;
    QByteArray name, type;
    for (const QByteArray &line : page.split('\n')) {
        if (line.startsWith("# TYPE ")) {
            const QByteArrayList words = line.split(' ');
            name = words[2];
            type = words[3];
        } else if (!line.isEmpty() && !line.startsWith('#')) {
            std::set<QByteArray> labels;
            for (const QRegularExpressionMatch &label : kLabel.globalMatch(QString::fromUtf8(line)))
                labels.insert(label.captured(1).toUtf8());
            labels.erase("le");
            table[name] = entry(type, labels);
        }
    }
    return table;
}

Config configWithEverything()
{
    Config config;
    ProviderConfig provider;
    provider.id = "one";
    provider.type = "openai";
    provider.concurrency.limit = 1;
    config.providers.push_back(provider);
    config.security.enabled = true;
    config.security.keys.push_back({.name = "app", .value = SecretString("client-key-1")});
    return config;
}

RequestRecord recordWithEverything()
{
    RequestRecord record{.asksModel = true, .caller = "app", .provider = "one", .stream = true};
    record.setError({.kind = ErrorKind::UpstreamTransport, .reason = "connect_error", .message = "It failed."});
    record.chunkGaps.add(1ms);
    return record;
}

} // namespace

/// docs/observability.md names every metric, with its type and labels, and no other.
class tst_metric_table : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void theDocumentationTellsEveryMetric()
    {
        Services services(configWithEverything());
        services.metrics.requestFinished(recordWithEverything());
        services.metrics.attemptFailed(
            "one", {.kind = ErrorKind::UpstreamTransport, .reason = "connect_error", .message = "It failed."});
        services.metrics.upstreamReached("one", {.isReused = true, .firstByte = 1ms});
        services.metrics.limitRefused("requests");
        const Table told = documented();
        const Table real = rendered(services.metrics.render());
        QVERIFY(told.size() > 40);
        for (const auto &[name, what] : real)
            QVERIFY2(told.contains(name), name.constData());
        for (const auto &[name, what] : told) {
            const auto found = real.find(name);
            QVERIFY2(found != real.end(), name.constData());
            QCOMPARE(name + ' ' + what, name + ' ' + found->second);
        }
    }
};

QTEST_GUILESS_MAIN(tst_metric_table)
#include "tst_metric_table.moc"
