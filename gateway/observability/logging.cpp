// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/logging.h"

#include <QByteArray>
#include <QDateTime>
#include <QString>

#ifdef Q_OS_WIN
#include <io.h>
#else
#include <unistd.h>
#endif

#include <atomic>
#include <cerrno>
#include <mutex>

namespace lunargate {

Q_LOGGING_CATEGORY(accessLog, "lunargate.access", QtInfoMsg)
Q_LOGGING_CATEGORY(appLog, "lunargate.app", QtInfoMsg)
Q_LOGGING_CATEGORY(asyncLog, "lunargate.async", QtInfoMsg)
Q_LOGGING_CATEGORY(collectorLog, "lunargate.collector", QtInfoMsg)
Q_LOGGING_CATEGORY(configLog, "lunargate.config", QtInfoMsg)
Q_LOGGING_CATEGORY(historyLog, "lunargate.history", QtInfoMsg)
Q_LOGGING_CATEGORY(httpLog, "lunargate.http", QtInfoMsg)
Q_LOGGING_CATEGORY(pipelineLog, "lunargate.pipeline", QtInfoMsg)
Q_LOGGING_CATEGORY(providersLog, "lunargate.providers", QtInfoMsg)
Q_LOGGING_CATEGORY(remoteControlLog, "lunargate.remote_control", QtInfoMsg)
Q_LOGGING_CATEGORY(resilienceLog, "lunargate.resilience", QtInfoMsg)
Q_LOGGING_CATEGORY(routingLog, "lunargate.routing", QtInfoMsg)
Q_LOGGING_CATEGORY(securityLog, "lunargate.security", QtInfoMsg)
Q_LOGGING_CATEGORY(telemetryLog, "lunargate.telemetry", QtInfoMsg)
Q_LOGGING_CATEGORY(upstreamLog, "lunargate.upstream", QtInfoMsg)

namespace {

constexpr int kStandardError = 2;

struct Settings
{
    std::atomic<bool> isInstalled = false;
    std::atomic<LogLevel> level = LogLevel::Info;
    std::atomic<LogFormat> format = LogFormat::Console;
    std::atomic<bool> isColoured = false;
};

constinit Settings settings;
constinit std::mutex changeMutex; // protects the settings and Qt's filter rules against mixing two changes
constinit std::mutex writeMutex;  // keeps a line together that the system takes in pieces

/// https://no-color.org: any value that is not empty.
bool wantsColour()
{
    return qEnvironmentVariableIsEmpty("NO_COLOR") && qgetenv("TERM") != "dumb" && isatty(kStandardError);
}

void write(const QByteArray &line)
{
    const std::lock_guard lock(writeMutex);
    for (QByteArrayView rest = line; !rest.isEmpty();) {
        const auto written = ::write(kStandardError, rest.data(), static_cast<size_t>(rest.size()));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return; // nobody is left who could be told
        rest = rest.sliced(written);
    }
}

void write(LogLevel level, QByteArrayView category, QByteArrayView message, std::span<const LogField> fields)
{
    static constexpr QByteArrayView kPrefix = "lunargate.";
    const LogLine line{.level = level,
                       .milliseconds = QDateTime::currentMSecsSinceEpoch(),
                       .category = category.startsWith(kPrefix) ? category.sliced(kPrefix.size()) : category,
                       .message = message,
                       .fields = fields};
    write(settings.format == LogFormat::Json ? renderJson(line) : renderConsole(line, settings.isColoured));
}

LogLevel levelOf(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return LogLevel::Debug;
    case QtInfoMsg:
        return LogLevel::Info;
    case QtWarningMsg:
        return LogLevel::Warning;
    case QtCriticalMsg:
    case QtFatalMsg:
        break;
    }
    return LogLevel::Error;
}

QtMsgType typeOf(LogLevel level)
{
    switch (level) {
    case LogLevel::Trace:
    case LogLevel::Debug:
        return QtDebugMsg;
    case LogLevel::Info:
        return QtInfoMsg;
    case LogLevel::Warning:
        return QtWarningMsg;
    case LogLevel::Error:
    case LogLevel::Disabled:
        break;
    }
    return QtCriticalMsg;
}

void handleMessage(QtMsgType type, const QMessageLogContext &context, const QString &text)
{
    // Qt ends the program after a fatal message: the reason is told in any case.
    if (settings.level == LogLevel::Disabled && type != QtFatalMsg)
        return;
    write(levelOf(type), context.category ? context.category : "qt", text.toUtf8(), {});
}

/// Our categories from `level` on; everybody else's from the same level, but no chatter below warnings. What others
/// had the gateway do is told as long as anything is.
QString filterRules(LogLevel level)
{
    const auto rule = [](const char *category, LogLevel of, bool isOn) {
        static constexpr const char *kTypes[] = {"debug", "debug", "info", "warning", "critical"};
        return QStringLiteral("%1.%2=%3\n")
            .arg(QLatin1StringView(category), QLatin1StringView(kTypes[static_cast<int>(of)]),
                 QLatin1StringView(isOn ? "true" : "false"));
    };
    QString rules;
    using enum LogLevel;
    for (const LogLevel of : {Debug, Info, Warning, Error})
        rules += rule("*", of, of >= level && of >= Warning);
    for (const LogLevel of : {Debug, Info, Warning, Error})
        rules += rule("lunargate.*", of, of >= level);
    rules += rule("lunargate.remote_control", Info, level != Disabled);
    return rules;
}

} // namespace

void installLogging(LogLevel level, LogFormat format)
{
    setLogging(level, format);
    settings.isColoured = wantsColour();
    settings.isInstalled = true;
    qInstallMessageHandler(handleMessage);
}

void setLogging(LogLevel level, LogFormat format)
{
    const std::lock_guard lock(changeMutex);
    settings.level = level;
    settings.format = format;
    QLoggingCategory::setFilterRules(filterRules(level));
}

bool isLogEnabled(const QLoggingCategory &category, LogLevel level)
{
    if (level == LogLevel::Disabled)
        return false;
    if (level == LogLevel::Trace && settings.level != LogLevel::Trace)
        return false;
    return category.isEnabled(typeOf(level));
}

void logEvent(const QLoggingCategory &category, LogLevel level, QByteArrayView message,
              std::initializer_list<LogField> fields)
{
    logEvent(category, level, message, std::span(fields.begin(), fields.size()));
}

void logEvent(const QLoggingCategory &category, LogLevel level, QByteArrayView message,
              std::span<const LogField> fields)
{
    if (!isLogEnabled(category, level))
        return;
    if (settings.isInstalled) {
        write(level, category.categoryName(), message, fields);
        return;
    }
    const QByteArray text = renderMessage(message, fields);
    QMessageLogContext context(nullptr, 0, nullptr, category.categoryName());
    qt_message_output(typeOf(level), context, QString::fromUtf8(text));
}

} // namespace lunargate
