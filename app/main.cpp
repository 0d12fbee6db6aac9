// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command_line.h"
#include "app/explain.h"
#include "app/keys_command.h"
#include "app/run.h"
#ifdef LUNARGATE_GUI
#include "app/display.h"
#include "app/run_desktop.h"
#endif
#include "gateway/security/system_keychain.h"

#include <QCoreApplication>

#include <cstdio>
#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace {

using namespace lunargate;

// An agent's request of half a megabyte needs a few megabytes for a millisecond. By itself glibc gives back what is
// over 128 KiB at once and gets fresh pages for the next one, each filled with zeros on its first use: 63 page faults a
// request, a third of its CPU time (docs/performance.md, "Pages of large requests"). With these, a thread keeps up to
// 16 MiB for the next one.
void keepPagesOfLargeRequests()
{
#ifdef __GLIBC__
    constexpr int kMiB = 1024 * 1024;
    mallopt(M_MMAP_THRESHOLD, 8 * kMiB);
    mallopt(M_TRIM_THRESHOLD, 16 * kMiB);
#endif
}

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
    if (const auto *keys = std::get_if<KeysCommand>(&command))
        return manageKeys(*keys);
    if (const auto *request = std::get_if<ExplainCommand>(&command))
        return explain(*request);
    return run(std::get<RunCommand>(command));
}

Command readCommand(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    return readCommandLine(QCoreApplication::arguments());
}

// Without a display, or built without a window, the gateway runs all the same.
bool canShowWindow([[maybe_unused]] int argc, [[maybe_unused]] char *argv[])
{
#ifdef LUNARGATE_GUI
    return hasDisplay(argc, argv);
#else
    return false;
#endif
}

int executeWithApplication(Command command, int argc, char *argv[])
{
    if (auto *gateway = std::get_if<RunCommand>(&command))
        gateway->isHeadless = gateway->isHeadless || !canShowWindow(argc, argv);
#ifdef LUNARGATE_GUI
    if (const auto *desktop = std::get_if<RunCommand>(&command); desktop && !desktop->isHeadless)
        return runDesktop(*desktop, argc, argv);
#endif
    const QCoreApplication application(argc, argv);
    return execute(command);
}

} // namespace

int main(int argc, char *argv[])
{
    keepPagesOfLargeRequests();
    QCoreApplication::setApplicationName(QStringLiteral("lunargate"));
    const int status = executeWithApplication(readCommand(argc, argv), argc, argv);
    if (!SystemKeychain::instance().stop()) {
        std::fflush(nullptr);
        std::_Exit(status);
    }
    return status;
}
