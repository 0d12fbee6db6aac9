// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/secret_service.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusVariant>

#include <algorithm>
#include <array>

namespace lunargate {

namespace {

constexpr int kPatience = 2000; // milliseconds

/// Errors that say that there is nobody, or no such object.
constexpr std::array<QLatin1StringView, 6> kAbsent = {
    QLatin1StringView("org.freedesktop.DBus.Error.ServiceUnknown"),
    QLatin1StringView("org.freedesktop.DBus.Error.NameHasNoOwner"),
    QLatin1StringView("org.freedesktop.DBus.Error.UnknownObject"),
    QLatin1StringView("org.freedesktop.DBus.Error.UnknownInterface"),
    QLatin1StringView("org.freedesktop.DBus.Error.UnknownMethod"), // an object without interfaces
    QLatin1StringView("org.freedesktop.Secret.Error.NoSuchObject"),
};

} // namespace

CollectionState secretCollectionState()
{
    // Secret Service API draft 0.2, "Collection".
    QDBusMessage question = QDBusMessage::createMethodCall(
        QStringLiteral("org.freedesktop.secrets"), QStringLiteral("/org/freedesktop/secrets/aliases/default"),
        QStringLiteral("org.freedesktop.DBus.Properties"), QStringLiteral("Get"));
    question.setArguments({QStringLiteral("org.freedesktop.Secret.Collection"), QStringLiteral("Locked")});
    question.setAutoStartService(false);
    return collectionStateOf(QDBusConnection::sessionBus().call(question, QDBus::Block, kPatience));
}

CollectionState collectionStateOf(const QDBusMessage &answer)
{
    if (answer.type() == QDBusMessage::ReplyMessage) {
        const QVariant isLocked = answer.arguments().value(0).value<QDBusVariant>().variant();
        if (isLocked.metaType() != QMetaType::fromType<bool>())
            return CollectionState::Unknown;
        return isLocked.toBool() ? CollectionState::Locked : CollectionState::Open;
    }
    return std::ranges::contains(kAbsent, answer.errorName()) ? CollectionState::Absent : CollectionState::Unknown;
}

} // namespace lunargate
