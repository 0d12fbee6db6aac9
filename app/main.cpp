// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command_line.h"
#include "app/explain.h"
#include "app/key_command.h"
#include "app/run.h"
#include "gateway/security/system_keychain.h"

#include <QCoreApplication>

#include <cstdio>
#include <cstdlib>

namespace {

using namespace lunargate;

int print(const PrintCommand &command)
{
    const QByteArray text = command.text.toUtf8();
    std::fwrite(text.constData(), 1, static_cast<size_t>(text.size()), command.exitCode == 0 ? stdout : stderr);
    return command.exitCode;
}

int execute(const Command &command)
{
    if (const auto *text = std::get_if<PrintCommand>(&command))
        return print(*text);
    if (const auto *file = std::get_if<CheckCommand>(&command))
        return check(*file);
    if (const auto *key = std::get_if<KeyCommand>(&command))
        return changeKey(*key);
    if (const auto *request = std::get_if<ExplainCommand>(&command))
        return explain(*request);
    return run(std::get<RunCommand>(command));
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("lunargate"));

    const int status = execute(readCommandLine(QCoreApplication::arguments()));
    if (!SystemKeychain::instance().stop()) {
        std::fflush(nullptr);
        std::_Exit(status);
    }
    return status;
}
