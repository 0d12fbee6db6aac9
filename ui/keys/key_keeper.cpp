// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keys/key_keeper.h"

#include "gateway/config/origin.h"

#include <utility>

namespace lunargate::ui {

namespace {

constexpr QByteArrayView kExists = "keychain_entry_exists"; // the keychain answers, but has such a key

} // namespace

KeyKeeper::KeyKeeper(Keychain &keychain, UsesSource uses) : m_keychain(keychain), m_uses(std::move(uses)) {}

void KeyKeeper::setDoing(const QString &doing)
{
    m_doing = doing;
    Q_EMIT busyChanged();
    if (doing.isEmpty())
        QMetaObject::invokeMethod(this, &KeyKeeper::doNext, Qt::QueuedConnection);
}

void KeyKeeper::inTurn(std::function<void()> doIt)
{
    m_waiting.push_back(std::move(doIt));
    doNext();
}

void KeyKeeper::doNext()
{
    if (isBusy() || m_waiting.empty())
        return;
    const std::function<void()> next = std::move(m_waiting.front());
    m_waiting.pop_front();
    next();
}

void KeyKeeper::change(const QString &doing, Change change, Done done)
{
    inTurn([this, doing, change = std::move(change), done = std::move(done)] { startChange(doing, change, done); });
}

void KeyKeeper::startChange(const QString &doing, const Change &change, const Done &done)
{
    setDoing(doing);
    m_work.start([this, change, done](const std::stop_token &stop) {
        KeyStore store(m_keychain, stop);
        Outcome outcome = change(store);
        outcome.uses = m_uses();
        // Whoever refused all is not asked again at once.
        if (!outcome.problem || !outcome.names.isEmpty() || outcome.problem->reason == kExists)
            outcome.list = listKeys(store, outcome.uses);
        return KeychainWork::Answer([this, outcome = std::move(outcome), done] { takeOutcome(outcome, done); });
    });
}

void KeyKeeper::takeOutcome(const Outcome &outcome, const Done &done)
{
    m_lastUses = outcome.uses;
    setDoing({});
    if (outcome.list)
        Q_EMIT listed(*outcome.list);
    if (!outcome.names.isEmpty())
        done(outcome.names);
    if (outcome.problem)
        Q_EMIT failed(*outcome.problem);
}

void KeyKeeper::list()
{
    change(tr("Waiting for the keychain …"), [](KeyStore &) { return Outcome(); }, [](const QByteArrayList &) {});
}

void KeyKeeper::put(std::vector<NewKey> keys)
{
    const auto putAll = [keys = std::move(keys)](KeyStore &store) {
        Outcome outcome;
        for (const NewKey &key : keys) {
            const Result<void> result =
                key.mayReplace ? store.set(key.name, key.entry) : store.add(key.name, key.entry);
            if (result) {
                outcome.names.append(key.name);
                continue;
            }
            const QByteArray before = outcome.problem ? outcome.problem->message + '\n' : QByteArray();
            outcome.problem = result.error();
            outcome.problem->message.prepend(before);
            if (result.error().reason != kExists)
                break;
        }
        return outcome;
    };
    change(tr("Waiting for the keychain …"), putAll, [this](const QByteArrayList &names) { Q_EMIT stored(names); });
}

void KeyKeeper::remove(const QByteArray &name)
{
    const auto removeOne = [name](KeyStore &store) {
        const Result<void> result = store.remove(name);
        const bool isGone = result || result.error().reason == "keychain_entry_missing";
        return isGone ? Outcome{.names = {name}} : Outcome{.problem = result.error()};
    };
    change(tr("Waiting for the keychain …"), removeOne,
           [this](const QByteArrayList &names) { Q_EMIT removed(names.front()); });
}

void KeyKeeper::test(const KeyRow &key)
{
    inTurn([this, key] { readAndTry(key); });
}

void KeyKeeper::readAndTry(const KeyRow &key)
{
    setDoing(tr("Waiting for the keychain …"));
    m_work.start([this, key](const std::stop_token &stop) {
        const Result<KeychainEntry> entry = readKeychainEntry(m_keychain, key.name, stop);
        return KeychainWork::Answer([this, key, entry] { takeEntry(key, entry); });
    });
}

void KeyKeeper::takeEntry(const KeyRow &key, const Result<KeychainEntry> &entry)
{
    if (!entry) {
        setDoing({});
        Q_EMIT failed(entry.error());
        return;
    }
    KeyRow bound = key;
    bound.origin = entry->origin;
    const std::optional<ProviderConfig> service = serviceOfKey(bound, m_providers);
    if (!service) {
        setDoing({});
        Q_EMIT nobodyToTest(key.name);
        return;
    }
    setDoing(tr("Asking %1 …").arg(QString::fromUtf8(originOf(service->baseUrl))));
    if (!m_tester)
        m_tester = std::make_unique<KeyTester>();
    m_trying.start(tryOut(this, *service, *entry), [this](const std::exception_ptr &) { setDoing({}); });
}

Task<> KeyKeeper::tryOut(KeyKeeper *keeper, ProviderConfig service, KeychainEntry entry)
{
    const QByteArray origin = originOf(service.baseUrl);
    const KeyVerdict verdict = co_await keeper->m_tester->test(std::move(service), std::move(entry));
    Q_EMIT keeper->tested(verdict, origin);
}

void KeyKeeper::cancel()
{
    m_work.cancel();
    if (m_trying.isRunning())
        m_trying.cancel([this] { setDoing({}); });
}

} // namespace lunargate::ui
