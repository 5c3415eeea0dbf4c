using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace StreamSegmenter.Host.Http;

/// <summary>Who may see customers: with a token configured, whoever brings it, as <c>Authorization: Bearer</c> or, in a browser, by signing in once;
/// without one, this machine alone. The telemetry's paths, which name no customer, are open as before. After
/// <see cref="FailuresMax"/> wrong tokens within a minute an address is refused for the rest of it.</summary>
internal sealed class AccessGuard(RequestDelegate next, AccessGuard.Options options)
{
    /// <param name="Token">Null: none.</param>
    /// <param name="IsLocal">The server can be reached from this machine only.</param>
    internal sealed record Options(string? Token, bool IsLocal, TimeProvider Clock);

    public const int FailuresMax = 20;
    public const string SignInPath = "/sign-in";

    private const string Cookie = "streamsegmenter-access";
    private const int AddressesMax = 10_000;

    private static readonly string[] Open = ["/metrics", "/healthz", "/readyz", "/assets/mark.svg"];

    private readonly byte[]? _token = options.Token is { } token ? Digest(token) : null;
    private readonly string? _cookie = options.Token is { } token
        ? Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(token), "console"u8))
        : null;

    private readonly ConcurrentDictionary<IPAddress, Failures> _failures = new();

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (Open.Contains(path) || (_token is null && options.IsLocal))
        {
            return next(context);
        }

        if (_token is null)
        {
            return AnswerAsync(context, StatusCodes.Status403Forbidden, "The API and the console are closed beyond this machine until http.token is set.");
        }

        if (IsRefused(context))
        {
            context.Response.Headers.RetryAfter = "60";
            return AnswerAsync(context, StatusCodes.Status429TooManyRequests, "Too many wrong tokens came from this address. Wait a minute.");
        }

        if (path == SignInPath)
        {
            return SignInAsync(context);
        }

        var bearer = context.Request.Headers.Authorization.ToString();
        var isBearer = bearer.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);
        if (isBearer ? IsToken(bearer[7..]) : IsCookie(context))
        {
            return next(context);
        }

        if (isBearer)
        {
            CountFailure(context);
        }

        if (HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
        {
            context.Response.Redirect(SignInPath);
            return Task.CompletedTask;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return AnswerAsync(context, StatusCodes.Status401Unauthorized, "Name the token of http.token: 'Authorization: Bearer …'.");
    }

    private async Task SignInAsync(HttpContext context)
    {
        var isWrong = false;
        if (HttpMethods.IsPost(context.Request.Method) && context.Request.HasFormContentType)
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            if (IsToken(form["token"].ToString()))
            {
                context.Response.Cookies.Append(Cookie, _cookie!, new CookieOptions
                {
                    HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps,
                });
                context.Response.Redirect("/");
                return;
            }

            isWrong = true;
            CountFailure(context);
        }

        context.Response.StatusCode = isWrong ? StatusCodes.Status401Unauthorized : StatusCodes.Status200OK;
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(
            $"""
             <!DOCTYPE html>
             <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>StreamSegmenter</title>
             <style>body{"{"}font-family:system-ui,sans-serif;max-width:26rem;margin:15vh auto;padding:0 1rem{"}"}input,button{"{"}font:inherit;padding:.5rem;width:100%;box-sizing:border-box;margin-top:.5rem{"}"}</style></head>
             <body><h1>StreamSegmenter</h1><form method="post" action="{SignInPath}"><label>Token (http.token)<input type="password" name="token" autocomplete="current-password" required autofocus></label>
             <button>Sign in</button></form>{(isWrong ? "<p role=\"alert\">This is not the token.</p>" : "")}</body></html>
             """, context.RequestAborted);
    }

    private static Task AnswerAsync(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(sentence + "\n", context.RequestAborted);
    }

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    // Digests are equally long, and comparing them takes equally long whatever they are.
    private bool IsToken(string token) => CryptographicOperations.FixedTimeEquals(Digest(token.Trim()), _token!);

    private bool IsCookie(HttpContext context) =>
        context.Request.Cookies[Cookie] is { } cookie && CryptographicOperations.FixedTimeEquals(Digest(cookie), Digest(_cookie!));

    private bool IsRefused(HttpContext context) =>
        _failures.TryGetValue(AddressOf(context), out var failures) && failures.Minute == Minute() && failures.Count >= FailuresMax;

    private void CountFailure(HttpContext context)
    {
        var minute = Minute();
        if (_failures.Count >= AddressesMax)
        {
            _failures.Clear();
        }

        _failures.AddOrUpdate(
            AddressOf(context), new Failures(minute, 1), (_, known) => known.Minute == minute ? known with { Count = known.Count + 1 } : new Failures(minute, 1));
    }

    private long Minute() => options.Clock.GetUtcNow().ToUnixTimeSeconds() / 60;

    private static IPAddress AddressOf(HttpContext context) => context.Connection.RemoteIpAddress ?? IPAddress.None;

    private readonly record struct Failures(long Minute, int Count);
}
