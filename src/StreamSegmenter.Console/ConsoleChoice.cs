using Microsoft.AspNetCore.Http;

namespace StreamSegmenter.ConsolePages;

/// <summary>The language and the colours that a person chose, or else what the browser asks for.</summary>
public sealed record ConsoleChoice(string Language, bool IsDark)
{
    public const string LanguageCookie = "streamsegmenter-language";
    public const string ThemeCookie = "streamsegmenter-theme";

    public static readonly IReadOnlyList<string> Languages = ["en", "ko"];
    public static readonly IReadOnlyList<string> Themes = ["light", "dark"];

    public static ConsoleChoice Of(HttpContext? context)
    {
        var language = context?.Request.Cookies[LanguageCookie];
        if (language is null || !Languages.Contains(language))
        {
            language = context?.Request.Headers.AcceptLanguage.ToString().TrimStart().StartsWith("ko", StringComparison.OrdinalIgnoreCase) == true ? "ko" : "en";
        }

        return new ConsoleChoice(language, context?.Request.Cookies[ThemeCookie] == "dark");
    }
}
