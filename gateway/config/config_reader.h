// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/config/config_problem.h"
#include "gateway/config/environment.h"
#include "gateway/config/key_use.h"

#include <QByteArrayView>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace lunargate {

/// What became of a configuration file.
struct ConfigReading
{
    std::optional<Config> config;        ///< nothing if there is any error
    std::vector<ConfigProblem> problems; ///< all at once, in the order of the file
    SecretString text = {};              ///< of the configuration file; keys may stand in it
    QByteArray digest = {};              ///< SHA-256 of all that was read, or of what was missing; in hexadecimal
    std::vector<KeyUse> keyUses = {};    ///< what it takes from the keychain, in the order in which it is read
    QStringList files = {};              ///< absolute paths of what was read, or would have been if it were there
};

/// What counts where the configuration says nothing, and depends on how the program was started.
struct ConfigDefaults
{
    HistoryCapture historyCapture = HistoryCapture::Metadata;
};

// These functions have no state, log nothing and may be called from any thread.

/// Reads a YAML or JSON file, with the variables of the `.env` files in its directory and in the working directory (in
/// this order; `environment` wins over both).
ConfigReading readConfigFile(const QString &path, const Environment &environment, const ConfigDefaults &defaults = {});

/// What readConfigFile() would say if `text` stood in the file.
ConfigReading readConfigFileWith(QByteArrayView text, const QString &path, const Environment &environment,
                                 const ConfigDefaults &defaults = {});

/// The digest that readConfigFile() would tell now; nothing if the file cannot be read.
std::optional<QByteArray> digestOfConfigFiles(const QString &path);

/// Reads a text that is already there. `fileName` is only what problems call it.
ConfigReading readConfigText(QByteArrayView text, const QByteArray &fileName, const Environment &environment,
                             const ConfigDefaults &defaults = {});

} // namespace lunargate
