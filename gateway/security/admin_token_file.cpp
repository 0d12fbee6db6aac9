// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/admin_token_file.h"

#include "gateway/config/data_folder.h"
#include "gateway/config/header_name.h"

#include <QFile>
#include <QRandomGenerator>
#include <QScopeGuard>

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lunargate {

namespace {

using Token = std::expected<SecretString, QByteArray>;

constexpr qint64 kLargestFile = 4096;
constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

std::unexpected<QByteArray> problem(const QString &path, const QByteArray &text)
{
    return std::unexpected("the file " + path.toUtf8() + ' ' + text);
}

std::unexpected<QByteArray> failure(const QString &path, const char *what)
{
    return problem(path, QByteArray(what) + ": " + std::strerror(errno));
}

QByteArray randomToken()
{
    std::array<quint32, 8> random{};
    QRandomGenerator::system()->fillRange(random.data(), qsizetype(random.size()));
    return QByteArray(reinterpret_cast<const char *>(random.data()), sizeof random)
        .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

// Whoever reads the file finds all of it or none, and of two gateways that begin at once one makes it.
std::expected<void, QByteArray> makeFile(const QString &path)
{
    if (!makeFolderOf(path))
        return problem(path, "cannot be made: its folder cannot");
    QByteArray temporary = QFile::encodeName(path) + ".XXXXXX";
    const int file = ::mkostemp(temporary.data(), O_CLOEXEC); // mode 0600
    if (file < 0)
        return failure(path, "cannot be made");
    const auto cleaning = qScopeGuard([&] {
        ::close(file);
        ::unlink(temporary.constData());
    });
    const QByteArray text = randomToken() + '\n';
    const bool isWritten = ::write(file, text.constData(), size_t(text.size())) == text.size() && ::fsync(file) == 0;
    if (!isWritten || (::link(temporary.constData(), QFile::encodeName(path).constData()) != 0 && errno != EEXIST))
        return failure(path, "cannot be made");
    return {};
}

Token readFile(const QString &path, int file)
{
    struct stat state = {};
    if (::fstat(file, &state) != 0)
        return failure(path, "cannot be read");
    if (!S_ISREG(state.st_mode))
        return problem(path, "is no plain file");
    if (state.st_uid != ::geteuid() && state.st_uid != 0)
        return problem(path,
                       "belongs to another user, who would know the token; name another one with admin.token_file");
    if ((state.st_mode & kOthers) != 0)
        return problem(path, "may be used by others than its owner; if nobody read it: chmod 600, or else remove it");
    QByteArray text(kLargestFile, Qt::Uninitialized);
    const ssize_t size = ::read(file, text.data(), size_t(text.size()));
    if (size < 0)
        return failure(path, "cannot be read");
    text = text.first(size).trimmed();
    if (text.isEmpty())
        return problem(path, "is empty; remove it, so that another one is made, or write a token into it");
    if (size == kLargestFile || !isVisibleAscii(text))
        return problem(path, "holds no token: that is one line of printable ASCII characters");
    return SecretString(text);
}

} // namespace

Token readAdminToken(const QString &path)
{
    // A pipe in its place must not keep anybody waiting.
    const auto tryOpen = [&] {
        return ::open(QFile::encodeName(path).constData(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    };
    int file = tryOpen();
    if (file < 0 && errno == ENOENT) {
        if (const auto made = makeFile(path); !made)
            return std::unexpected(made.error());
        file = tryOpen();
    }
    if (file < 0)
        return errno == ELOOP ? problem(path, "is a symbolic link; name the file itself in admin.token_file")
                              : failure(path, "cannot be read");
    const auto closing = qScopeGuard([file] { ::close(file); });
    return readFile(path, file);
}

} // namespace lunargate
