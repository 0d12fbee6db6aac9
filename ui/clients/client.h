// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_record.h"
#include "ui/clients/edit_result.h"

#include <QString>

#include <span>

namespace lunargate::ui {

/// What a client must know of the gateway.
struct GatewayPlace
{
    QString address;         ///< `http://127.0.0.1:8080`
    bool asksForKey = false; ///< `security` is on

    bool operator==(const GatewayPlace &) const = default;
};

/// The variable that texts for clients take the gateway's key from, where it asks for one. No text holds a key itself.
inline constexpr QLatin1StringView kKeyVariable("LUNARGATE_API_KEY");

/// A client's own configuration of a user, which LunarGate can write into. Never a project's file.
struct ClientFile
{
    const char *folderVariable; ///< names the folder if it is set; null: no variable does
    const char *folder;         ///< else this one, in the home folder
    const char *name;
    EditResult (*edit)(const QByteArray &text, const GatewayPlace &place); ///< text of a missing file: empty
    const char *insteadOf; ///< a file in the same folder that would no longer count if this one were made; or null
};

/// A program that can use the gateway.
struct Client
{
    const char *id;
    const char *name;     ///< the program's own, which is not translated
    const char *what;     ///< to be translated in the context "Client", likewise `note`
    const char *note;     ///< what to know when setting it up; null: nothing
    const char *protocol; ///< what it speaks, not translated
    const char *path;     ///< where it asks for models
    QString (*snippet)(const GatewayPlace &place);
    std::span<const char *const> agents; ///< how its name for itself begins, in any case
    const ClientFile *file;              ///< null: it has none that could be written into
};

/// All that are known.
std::span<const Client> allClients();
/// The one of that id, or nullptr.
const Client *findClient(QByteArrayView id);
/// Whose request that was, or nullptr. A program that uses an SDK and says so counts as that program.
const Client *clientOf(const HistoryRecord &record);

} // namespace lunargate::ui
