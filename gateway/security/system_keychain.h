// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/security/keychain.h"

#include <QObject>
#include <QThread>

#include <functional>
#include <memory>
#include <mutex>

namespace lunargate {

/// The desktop's keychain, with all secrets of this program under the service name `lunargate`. Any thread; every
/// function waits until the keychain has answered, half a minute at most. Needs a QCoreApplication.
class SystemKeychain : public Keychain
{
public:
    static SystemKeychain &instance();

    Result<SecretString> read(const QByteArray &name, const std::stop_token &stop) override;
    Result<void> write(const QByteArray &name, const SecretString &text, const std::stop_token &stop) override;
    Result<void> remove(const QByteArray &name, const std::stop_token &stop) override;

    /// Before the program ends. False if the desktop's bus is silent: exit() would wait for it without end.
    bool stop();

private:
    struct Outcome;
    using MakeJob = std::function<QObject *()>; ///< a job of the library; called in the keychain's thread

    SystemKeychain() = default;

    void start();
    Result<SecretString> run(const QByteArray &name, const MakeJob &makeJob, const std::stop_token &stop);

    // The library runs one job at a time, by an object that lives in the thread of the first one.
    QThread m_thread;
    QObject *m_worker = nullptr; // lives in it
    std::once_flag m_started;    // nothing runs before a secret is asked for
    std::mutex m_mutex;          // protects m_silentUntil
    std::chrono::steady_clock::time_point m_silentUntil{};
};

} // namespace lunargate
