// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/system_keychain.h"

#include "gateway/security/secret_service.h"

#include <QDeadlineTimer>

#include <qt6keychain/keychain.h>

#include <condition_variable>
#include <optional>

namespace lunargate {

namespace {

using Clock = std::chrono::steady_clock;

const QString kService = QStringLiteral("lunargate");
// A person may have to type a password first.
constexpr std::chrono::seconds kPatience{30};
// Once it kept silent, the next ones are not made to wait as long.
constexpr std::chrono::seconds kSilence{10};

Error failure(const char *reason, const QByteArray &message, const QByteArray &detail = {})
{
    return {.kind = ErrorKind::Internal, .reason = reason, .message = message, .detail = detail};
}

Error noKeychain(const QByteArray &detail)
{
    return failure("keychain_unavailable",
                   "no keychain answers here (on a server without a desktop there is none); put the secret into an "
                   "environment variable or a .env file and write ${NAME} instead" +
                       (detail.isEmpty() ? QByteArray() : ": " + detail),
                   detail);
}

Error errorOf(QKeychain::Error error, const QByteArray &name, const QString &detail)
{
    switch (error) {
    case QKeychain::EntryNotFound:
        return failure("keychain_entry_missing",
                       "the keychain has no key '" + name + "'; put it there with `lunargate keys set " + name + '`');
    case QKeychain::AccessDenied:
    case QKeychain::AccessDeniedByUser:
        return failure("keychain_locked",
                       "the keychain is locked, or access to '" + name + "' was denied; unlock it and try again");
    default:
        return noKeychain(detail.toUtf8().simplified());
    }
}

/// What came of a job that has finished.
Result<SecretString> resultOf(const QKeychain::Job &job, const QByteArray &name)
{
    QKeychain::Error error = job.error();
    const auto *reading = qobject_cast<const QKeychain::ReadPasswordJob *>(&job);
    // Where a locked collection was not unlocked, nothing is found, and nothing to remove.
    const bool mayBeLocked = error == QKeychain::EntryNotFound ||
                             (error == QKeychain::NoError && qobject_cast<const QKeychain::DeletePasswordJob *>(&job));
    if (mayBeLocked) {
        const CollectionState state = secretCollectionState();
        if (state == CollectionState::Unknown)
            return std::unexpected(noKeychain("it does not say whether it is locked"));
        if (state == CollectionState::Locked)
            error = QKeychain::AccessDenied;
    }
    if (error != QKeychain::NoError)
        return std::unexpected(errorOf(error, name, job.errorString()));
    return SecretString(reading ? reading->textData().toUtf8() : QByteArray());
}

} // namespace

/// What came of a job, for the thread that waits for it. Whoever comes last lets go of it.
struct SystemKeychain::Outcome
{
    std::mutex mutex; // protects result
    std::condition_variable_any arrived;
    std::optional<Result<SecretString>> result;

    void set(Result<SecretString> value)
    {
        const std::scoped_lock lock(mutex);
        result = std::move(value);
        arrived.notify_one();
    }
};

Keychain &systemKeychain()
{
    return SystemKeychain::instance();
}

SystemKeychain &SystemKeychain::instance()
{
    // Never destroyed: a job that got no answer may still be running.
    static auto *const keychain = new SystemKeychain;
    return *keychain;
}

void SystemKeychain::start()
{
    m_worker = new QObject; // never destroyed, as its thread
    m_thread.setObjectName(QStringLiteral("keychain"));
    m_worker->moveToThread(&m_thread);
    m_thread.start();
}

bool SystemKeychain::stop()
{
    m_thread.quit();
    return m_thread.wait(QDeadlineTimer(std::chrono::seconds(1)));
}

Result<SecretString> SystemKeychain::read(const QByteArray &name, const std::stop_token &stop)
{
    const MakeJob makeJob = [name]() -> QObject * {
        auto *job = new QKeychain::ReadPasswordJob(kService);
        job->setKey(QString::fromUtf8(name));
        return job;
    };
    return run(name, makeJob, stop);
}

Result<void> SystemKeychain::write(const QByteArray &name, const SecretString &text, const std::stop_token &stop)
{
    const MakeJob makeJob = [name, text]() -> QObject * {
        auto *job = new QKeychain::WritePasswordJob(kService);
        job->setKey(QString::fromUtf8(name));
        job->setTextData(QString::fromUtf8(text.reveal()));
        return job;
    };
    return run(name, makeJob, stop).transform([](const SecretString &) {});
}

Result<void> SystemKeychain::remove(const QByteArray &name, const std::stop_token &stop)
{
    const MakeJob makeJob = [name]() -> QObject * {
        auto *job = new QKeychain::DeletePasswordJob(kService);
        job->setKey(QString::fromUtf8(name));
        return job;
    };
    return run(name, makeJob, stop).transform([](const SecretString &) {});
}

Result<SecretString> SystemKeychain::run(const QByteArray &name, const MakeJob &makeJob, const std::stop_token &stop)
{
    {
        const std::scoped_lock lock(m_mutex);
        if (Clock::now() < m_silentUntil)
            return std::unexpected(noKeychain("it does not answer"));
    }
    std::call_once(m_started, [this] { start(); });
    auto outcome = std::make_shared<Outcome>();
    QMetaObject::invokeMethod(
        m_worker,
        [worker = m_worker, outcome, name, makeJob] {
            auto *job = qobject_cast<QKeychain::Job *>(makeJob()); // deletes itself when it has finished
            QObject::connect(job, &QKeychain::Job::finished, worker,
                             [outcome, name](QKeychain::Job *done) { outcome->set(resultOf(*done, name)); });
            job->start();
        },
        Qt::QueuedConnection);
    std::unique_lock lock(outcome->mutex);
    if (outcome->arrived.wait_for(lock, stop, kPatience, [&] { return outcome->result.has_value(); }))
        return *std::move(outcome->result);
    if (stop.stop_requested())
        return std::unexpected(failure("keychain_given_up", "nobody waits for the keychain any more"));
    const std::scoped_lock silent(m_mutex);
    m_silentUntil = Clock::now() + kSilence;
    return std::unexpected(noKeychain("it does not answer"));
}

} // namespace lunargate
