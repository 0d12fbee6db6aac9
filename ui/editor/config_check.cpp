// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/config_check.h"

#include "ui/editor/literal_secrets.h"

#include <algorithm>
#include <utility>

namespace lunargate::ui {

namespace {

Finding findingOf(const ConfigProblem &problem, const QString &configFile)
{
    const bool isError = problem.severity == ConfigProblem::Severity::Error;
    const QString file = QString::fromUtf8(problem.file);
    return {.kind = isError ? Finding::Kind::Error : Finding::Kind::Warning,
            .line = problem.line,
            .column = problem.column,
            .file = file == configFile ? QString() : file,
            .path = QString::fromUtf8(problem.path),
            .message = QString::fromUtf8(problem.message)};
}

} // namespace

ConfigCheck::ConfigCheck(CheckConfig check, QString file, const SchemaHelp &schema, std::chrono::milliseconds pause)
    : m_check(std::move(check)), m_file(std::move(file)), m_schema(schema)
{
    m_pause.setSingleShot(true);
    m_pause.setInterval(pause);
    connect(&m_pause, &QTimer::timeout, this, &ConfigCheck::start);
}

ConfigCheck::~ConfigCheck() = default;

void ConfigCheck::setText(const QByteArray &text)
{
    m_text = text;
    m_isOutdated = true;
    m_pause.start();
}

void ConfigCheck::checkNow()
{
    if (m_pause.isActive())
        start();
}

bool ConfigCheck::hasErrors() const
{
    return std::ranges::any_of(m_findings, [](const Finding &one) { return one.kind == Finding::Kind::Error; });
}

void ConfigCheck::start()
{
    m_pause.stop();
    if (m_isReading) { // it begins again when that has ended
        m_reader.request_stop();
        return;
    }
    m_isReading = true;
    m_isOutdated = false;
    m_reader = std::jthread([this, text = m_text](const std::stop_token &stop) {
        std::vector<Finding> findings;
        for (const ConfigProblem &problem : m_check(text, stop).problems)
            findings.push_back(findingOf(problem, m_file));
        std::ranges::move(literalSecrets(QString::fromUtf8(text), m_schema), std::back_inserter(findings));
        QMetaObject::invokeMethod(
            this, [this, findings = std::move(findings)]() mutable { finish(std::move(findings)); },
            Qt::QueuedConnection);
    });
}

void ConfigCheck::finish(std::vector<Finding> findings)
{
    m_isReading = false;
    if (m_isOutdated) {
        if (!m_pause.isActive())
            start();
        return;
    }
    m_findings = std::move(findings);
    Q_EMIT checked();
}

} // namespace lunargate::ui
