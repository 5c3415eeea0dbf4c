using System.Net;

namespace StreamSegmenter.Host.Http;

/// <summary>In front of everything: a server for this machine answers only to this machine's names, so that no web page on another site can reach it
/// through the reader's browser by a name of its own (DNS rebinding); no page of another site may send
/// anything but a person who followed a link; and every answer carries the headers that keep a browser from being
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
        if (IsOfAnotherSite(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return context.Response.WriteAsync("A page of another site sent this request.\n", context.RequestAborted);
        }

        if (!options.IsLocal || IsLocalName(context.Request.Host.Host))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        return context.Response.WriteAsync(
            "This server answers to localhost, 127.0.0.1 and [::1] only, since http.listen is an address of this machine alone.\n", context.RequestAborted);
    }

    // A browser names its page's site where the address is this machine or has TLS. Elsewhere the cookie, which is strict, stays behind. A link to a
    // page of the console is no harm, and is how people come.
    private static bool IsOfAnotherSite(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site"
        && !(HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] == "navigate");

    private static bool IsLocalName(string host) =>
        host.Length == 0 || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
