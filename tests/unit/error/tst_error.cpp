// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/error.h"

#include <QTest>

namespace lunargate {

class ErrorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void everyKindHasAStatusAndAType_data();
    void everyKindHasAStatusAndAType();
    void upstreamStatusesPass_data();
    void upstreamStatusesPass();
    void providersTypeAndCodePass();
    void ownErrorsHaveTheReasonForACode();
};

void ErrorTest::everyKindHasAStatusAndAType_data()
{
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("type");
    const auto row = [](const char *name, ErrorKind kind, int status, const char *type) {
        QTest::newRow(name) << kind << status << QByteArray(type);
    };
    row("InvalidRequest", ErrorKind::InvalidRequest, 400, "invalid_request_error");
    row("MissingKey", ErrorKind::MissingKey, 401, "authentication_error");
    row("InvalidKey", ErrorKind::InvalidKey, 401, "invalid_api_key");
    row("Forbidden", ErrorKind::Forbidden, 403, "permission_error");
    row("NotFound", ErrorKind::NotFound, 404, "invalid_request_error");
    row("MethodNotAllowed", ErrorKind::MethodNotAllowed, 405, "invalid_request_error");
    row("RequestTimeout", ErrorKind::RequestTimeout, 408, "invalid_request_error");
    row("PayloadTooLarge", ErrorKind::PayloadTooLarge, 413, "invalid_request_error");
    row("HeadersTooLarge", ErrorKind::HeadersTooLarge, 431, "invalid_request_error");
    row("UpgradeRequired", ErrorKind::UpgradeRequired, 426, "invalid_request_error");
    row("ClientCancelled", ErrorKind::ClientCancelled, 499, "client_cancelled");
    row("Internal", ErrorKind::Internal, 500, "internal_error");
    row("NoRoute", ErrorKind::NoRoute, 502, "routing_error");
    row("UpstreamTransport", ErrorKind::UpstreamTransport, 502, "provider_error");
    row("UpstreamTimeout", ErrorKind::UpstreamTimeout, 502, "upstream_timeout");
    row("UpstreamStatus", ErrorKind::UpstreamStatus, 502, "upstream_error");
    row("UpstreamProtocol", ErrorKind::UpstreamProtocol, 502, "provider_error");
    row("Overloaded", ErrorKind::Overloaded, 503, "overloaded_error");
    row("DeadlineExceeded", ErrorKind::DeadlineExceeded, 504, "upstream_timeout");
}

void ErrorTest::everyKindHasAStatusAndAType()
{
    QFETCH(const ErrorKind, kind);
    QFETCH(const int, status);
    QFETCH(const QByteArray, type);
    const Error error{.kind = kind, .reason = {}, .message = {}};
    QCOMPARE(httpStatus(error), status);
    QCOMPARE(errorType(error), type);
}

void ErrorTest::upstreamStatusesPass_data()
{
    QTest::addColumn<int>("upstream");
    QTest::addColumn<int>("status");
    QTest::newRow("400") << 400 << 400;
    QTest::newRow("429") << 429 << 429;
    QTest::newRow("599") << 599 << 599;
    QTest::newRow("no error") << 200 << 502;
    QTest::newRow("redirect") << 302 << 502;
    QTest::newRow("beyond HTTP") << 600 << 502;
    QTest::newRow("none") << 0 << 502;
}

void ErrorTest::upstreamStatusesPass()
{
    QFETCH(const int, upstream);
    QFETCH(const int, status);
    const Error error{.kind = ErrorKind::UpstreamStatus, .reason = {}, .message = {}, .upstreamStatus = upstream};
    QCOMPARE(httpStatus(error), status);
    // Of other kinds it is only a remark.
    const Error other{.kind = ErrorKind::UpstreamProtocol, .reason = {}, .message = {}, .upstreamStatus = upstream};
    QCOMPARE(httpStatus(other), 502);
}

void ErrorTest::providersTypeAndCodePass()
{
    Error error{.kind = ErrorKind::UpstreamStatus, .reason = "upstream_error", .message = {}, .upstreamStatus = 429};
    QCOMPARE(errorType(error), "rate_limit_error");
    QCOMPARE(errorCode(error), "");
    error.upstreamType = "tokens";
    error.upstreamCode = "rate_limit_exceeded";
    QCOMPARE(errorType(error), "tokens");
    QCOMPARE(errorCode(error), "rate_limit_exceeded");
}

void ErrorTest::ownErrorsHaveTheReasonForACode()
{
    QCOMPARE(errorCode({.kind = ErrorKind::NoRoute, .reason = "no_route", .message = {}}), "no_route");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ErrorTest)
#include "tst_error.moc"
