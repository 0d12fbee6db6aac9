// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config_reader.h"
#include "ui/editor/schema_help.h"
#include "ui/editor/finding.h"

#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>
#include <thread>

namespace lunargate::ui {

/// Reads a text as if it stood in the configuration file, as the gateway would. Any thread; may wait for the keychain
/// until it is told to stop.
using CheckConfig = std::function<ConfigReading(const QByteArray &text, std::stop_token stop)>;

/// Says what is wrong with a text while it is typed, by the gateway's own reader, in a thread of its own. GUI thread.
class ConfigCheck : public QObject
{
    Q_OBJECT

public:
    /// `file` is what the reader calls the configuration. `schema` outlives it. Texts are read when they have been left
    /// alone for `pause`.
    ConfigCheck(CheckConfig check, QString file, const SchemaHelp &schema,
                std::chrono::milliseconds pause = std::chrono::milliseconds(250));
    ~ConfigCheck() override;

    void setText(const QByteArray &text);
    /// Without waiting for a pause; checked() follows, unless isCurrent() already.
    void checkNow();

    /// Whether the findings are of the text that was set last.
    bool isCurrent() const { return !m_pause.isActive() && !m_isReading; }
    const std::vector<Finding> &findings() const { return m_findings; }
    /// Whether a gateway can run with it.
    bool hasErrors() const;

Q_SIGNALS:
    void checked();

private:
    void start();
    void finish(std::vector<Finding> findings);

    const CheckConfig m_check;
    const QString m_file;
    const SchemaHelp &m_schema;
    QTimer m_pause;
    QByteArray m_text;
    std::vector<Finding> m_findings;
    bool m_isReading = false;
    bool m_isOutdated = false; // what is being read now
    std::jthread m_reader;     // first to go: it uses this
};

} // namespace lunargate::ui
