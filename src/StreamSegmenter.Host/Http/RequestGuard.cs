using System.Net;

namespace StreamSegmenter.Host.Http;

/// <summary>In front of everything: a server for this machine answers only to this machine's names, so that no web page on another site can reach it
/// through the reader's browser by a name of its own (DNS rebinding); and every answer carries the headers that keep a browser from being
/// tricked.</summary>
internal sealed class RequestGuard(RequestDelegate next, RequestGuard.Options options)
{
    internal sealed record Options(bool IsLocal);

    // Blazor's own script needs no exception; MudBlazor sets styles on elements.
    private const string ContentPolicy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = ContentPolicy;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (!options.IsLocal || IsLocalName(context.Request.Host.Host))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        return context.Response.WriteAsync(
            "This server answers to localhost, 127.0.0.1 and [::1] only, since http.listen is an address of this machine alone.\n", context.RequestAborted);
    }

    private static bool IsLocalName(string host) =>
        host.Length == 0 || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
