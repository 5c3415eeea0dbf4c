namespace StreamSegmenter.Host.Http;

/// <summary>Where a browser brings a token.</summary>
internal static class SignInPage
{
    private const string Style =
        "body{font-family:system-ui,sans-serif;max-width:26rem;margin:15vh auto;padding:0 1rem}"
        + "input,button{font:inherit;padding:.5rem;width:100%;box-sizing:border-box;margin-top:.5rem}";

    /// <param name="problem">What was wrong with the token that was brought; null: none was.</param>
    public static string With(string? problem) =>
        $"""
         <!DOCTYPE html>
         <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>StreamSegmenter</title>
         <style>{Style}</style></head>
         <body><h1>StreamSegmenter</h1><form method="post" action="{AccessGuard.SignInPath}"><label>Token (http.tokens)<input type="password" name="token" autocomplete="current-password" required autofocus></label>
         <button>Sign in</button></form>{(problem is null ? "" : $"<p role=\"alert\">{problem}</p>")}</body></html>
         """;
}
