// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/admin_access.h"

#include "gateway/config/data_folder.h"
#include "gateway/observability/logging.h"
#include "gateway/observability/redaction.h"
#include "gateway/security/admin_token_file.h"

namespace lunargate {

AdminAccess::AdminAccess(AdminConfig config) : m_config(std::move(config))
{
    m_token = std::make_shared<const AdminToken>(currentToken());
}

void AdminAccess::start()
{
    m_isStarted = true;
    readAgain();
}

void AdminAccess::apply(const AdminConfig &config)
{
    m_config = config;
    readAgain();
}

void AdminAccess::readAgain()
{
    const std::shared_ptr<const AdminToken> before = token();
    const auto now = std::make_shared<const AdminToken>(currentToken());
    m_token.store(now, std::memory_order_release);
    if (!now->problem.isEmpty() && now->problem != before->problem)
        logEvent(securityLog(), LogLevel::Warning,
                 "the admin API has no token: /admin answers nobody but by `security`", {{"problem", now->problem}});
    const bool isNews = before->value.isEmpty() || now->file != before->file;
    if (isNews && !now->value.isEmpty() && !now->file.isEmpty())
        logEvent(securityLog(), LogLevel::Info, "the admin API's token is in a file", {{"file", now->file.toUtf8()}});
}

AdminToken AdminAccess::currentToken() const
{
    if (!m_config.enabled)
        return {};
    if (!m_config.token.isEmpty())
        return {.value = m_config.token};
    if (!m_isStarted)
        return {};
    const QString file = m_config.tokenFile.isEmpty() ? inDataFolder(QStringLiteral("admin-token"))
                                                      : QString::fromUtf8(m_config.tokenFile);
    const auto read = readAdminToken(file);
    if (!read)
        return {.value = {}, .file = file, .problem = read.error()};
    registerSecret(*read); // before anybody can show it
    return {.value = *read, .file = file};
}

} // namespace lunargate
