using System.Net;
using StreamSegmenter.Api;
using StreamSegmenter.Runtime.Configuration.Sections;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Host.Http;

/// <summary>Who may see customers, and who may steer: with tokens configured, a request with one whose role suffices, as
/// <c>Authorization: Bearer</c> or, in a browser, by signing in once; without any, this machine alone. Health checks, which name no customer, are
/// open; the telemetry needs the role <see cref="AccessRole.Metrics"/> unless it is opened.</summary>
internal sealed class AccessGuard(RequestDelegate next, AccessGuard.Options options)
{
    /// <param name="IsLocal">The server can be reached from this machine only.</param>
    /// <param name="PeerPrefix">Paths for other instances, which bring this; null: there are no tokens.</param>
    internal sealed record Options(HttpConfiguration Http, bool IsLocal, TimeProvider Clock, string PeerPrefix, string? PeerAuthorization);

    public const string SignInPath = "/sign-in";

    private const string Cookie = "streamsegmenter-access";
    private const string MetricsPath = "/metrics";

    private static readonly string[] Open = ["/healthz", "/readyz", "/assets/mark.svg"];
    private static readonly object CallerKey = new();

    private readonly Grants _grants = new(options.Http.Tokens, options.PeerAuthorization);
    private readonly FailedAttempts _attempts = new(options.Clock);

    /// <summary>Whom a request was let in as.</summary>
    public static Caller CallerOf(HttpContext context) => (Caller)context.Items[CallerKey]!;

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (Open.Contains(path) || (path == MetricsPath && (_grants.IsEmpty || options.Http.HasOpenMetrics)))
        {
            return next(context);
        }

        if (_grants.IsEmpty)
        {
            context.Items[CallerKey] = Caller.ThisMachine;
            return options.IsLocal
                ? next(context)
                : AnswerAsync(context, StatusCodes.Status403Forbidden, "The API and the console are closed beyond this machine until http.tokens names a token.");
        }

        if (_attempts.IsRefused(AddressOf(context)))
        {
            context.Response.Headers.RetryAfter = "60";
            return AnswerAsync(context, StatusCodes.Status429TooManyRequests, "Too many wrong tokens came from this address. Wait a minute.");
        }

        if (path == SignInPath)
        {
            return SignInAsync(context);
        }

        var bearer = context.Request.Headers.Authorization.ToString();
        if (path.StartsWith(options.PeerPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return EnterPeerAsync(context, bearer);
        }

        var isBearer = bearer.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);
        var grant = isBearer ? _grants.OfToken(bearer[7..]) : _grants.OfCookie(context.Request.Cookies[Cookie]);
        if (grant is not null)
        {
            return EnterAsync(context, grant, path);
        }

        if (isBearer)
        {
            _attempts.Count(AddressOf(context));
        }

        if (HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
        {
            context.Response.Redirect(SignInPath);
            return Task.CompletedTask;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return AnswerAsync(context, StatusCodes.Status401Unauthorized, "Name a token of http.tokens: 'Authorization: Bearer …'.");
    }

    private Task EnterPeerAsync(HttpContext context, string authorization)
    {
        if (_grants.IsPeer(authorization))
        {
            return next(context);
        }

        _attempts.Count(AddressOf(context));
        return AnswerAsync(context, StatusCodes.Status401Unauthorized, "This is for instances of the group with the same http.tokens.");
    }

    private Task EnterAsync(HttpContext context, Grant grant, string path)
    {
        if (grant.Role < AccessRole.Read && path != MetricsPath)
        {
            return AnswerAsync(context, StatusCodes.Status403Forbidden, $"The token '{grant.Name}' opens {MetricsPath} alone. This needs the role read.");
        }

        context.Items[CallerKey] = new Caller(grant.Name, grant.Role >= AccessRole.Admin);
        return next(context);
    }

    private async Task SignInAsync(HttpContext context)
    {
        string? problem = null;
        if (HttpMethods.IsPost(context.Request.Method) && context.Request.HasFormContentType)
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            if (_grants.OfToken(form["token"].ToString()) is not { } grant)
            {
                problem = "This is not a token of http.tokens.";
                _attempts.Count(AddressOf(context));
            }
            else if (grant.Role < AccessRole.Read)
            {
                problem = $"This token is for {MetricsPath} alone.";
            }
            else
            {
                context.Response.Cookies.Append(Cookie, grant.Cookie, new CookieOptions
                {
                    HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps,
                });
                context.Response.Redirect("/");
                return;
            }
        }

        context.Response.StatusCode = problem is null ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized;
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(SignInPage.With(problem), context.RequestAborted);
    }

    private static Task AnswerAsync(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(sentence + "\n", context.RequestAborted);
    }

    private static IPAddress AddressOf(HttpContext context) => context.Connection.RemoteIpAddress ?? IPAddress.None;
}
