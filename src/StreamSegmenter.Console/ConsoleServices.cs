using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using StreamSegmenter.Api;
using StreamSegmenter.ConsolePages.Assets;
using StreamSegmenter.ConsolePages.Components;
using StreamSegmenter.ConsolePages.Live;

namespace StreamSegmenter.ConsolePages;

/// <summary>Puts the console's pages into a web application. Nothing of them is loaded from elsewhere.</summary>
public static class ConsoleServices
{
    /// <summary>For a year: what a person chose stays chosen.</summary>
    private static readonly TimeSpan ChoiceAge = TimeSpan.FromDays(365);

    /// <summary>The text of the definitions comes whole with each key that is pressed.</summary>
    private const int EditedBytesMax = 1024 * 1024;

    public static void Add(IServiceCollection services, IEngineApi api, IDefinitionsApi definitions, CallerSource callers, TimeProvider clock)
    {
        services.AddSingleton(api);
        services.AddSingleton(definitions);
        services.AddSingleton(callers);
        services.AddSingleton(clock);
        services.AddSingleton<LiveShop>();
        services.AddLogging();
        services.AddHttpContextAccessor();
        // Keys that outlive the process would need a place on disk, and nothing that they protect does.
        services.AddSingleton<IDataProtectionProvider, EphemeralDataProtectionProvider>();
        services.AddRazorComponents().AddInteractiveServerComponents()
            .AddHubOptions(options => options.MaximumReceiveMessageSize = EditedBytesMax);
        services.AddMudServices();
    }

    public static void Use(IApplicationBuilder app) => app.UseAntiforgery();

    public static void Map(IEndpointRouteBuilder app)
    {
        EmbeddedAssets.Map(app);
        app.MapGet("/choose", (HttpContext context, string? language, string? theme, string? back) =>
        {
            Remember(context, ConsoleChoice.LanguageCookie, language, ConsoleChoice.Languages);
            Remember(context, ConsoleChoice.ThemeCookie, theme, ConsoleChoice.Themes);
            // To a page of this console only.
            return Results.LocalRedirect(back is ['/', not '/' and not '\\', ..] && Uri.IsWellFormedUriString(back, UriKind.Relative) ? back : "/");
        }).ExcludeFromDescription();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }

    private static void Remember(HttpContext context, string cookie, string? value, IReadOnlyList<string> choices)
    {
        if (value is not null && choices.Contains(value))
        {
            context.Response.Cookies.Append(cookie, value, new CookieOptions { MaxAge = ChoiceAge, SameSite = SameSiteMode.Strict, HttpOnly = true });
        }
    }
}
