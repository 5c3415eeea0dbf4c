using Microsoft.Playwright;

namespace StreamSegmenter.Integration.Api;

/// <summary>The console in a real browser: each page shows what the API answers. STREAMSEGMENTER_SCREENSHOTS names a folder for pictures of
/// every page in both languages, at both widths.</summary>
public sealed class ConsoleTests(OpenShop shop) : IClassFixture<OpenShop>
{
    private const string Chromium = "/usr/bin/chromium";
    private const float TimeoutMs = 60_000;
    private const string Versions = "/api/v1/definitions/versions";

    public static TheoryData<string, string, int> Views => new(
        from page in (string[])["", "segments", "segments/shopping-now", "customers", "triggers", "conversions", "definitions", "operations"]
        from language in (string[])["en", "ko"]
        from width in (int[])[1280, 390]
        select (page, language, width));

    [Theory]
    [MemberData(nameof(Views))]
    public async Task Every_page_fits_its_screen_and_has_no_error_in_the_console(string page, string language, int width)
    {
        await using var browser = await OpenAsync(language, width);
        await browser.GoAsync(shop.Client.BaseAddress + page);
        // What is wider than the screen would have to be pushed about with a finger.
        Assert.InRange(await browser.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, width);
        Assert.Equal(language, await browser.Page.GetAttributeAsync("html", "lang"));
        Assert.Equal(language == "ko", (await browser.Page.InnerTextAsync("nav")).Contains("세그먼트", StringComparison.Ordinal));
        await browser.TakePictureAsync(page.Length == 0 ? "overview" : page.Replace('/', '-'), language, width);
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task From_the_overview_to_why_a_customer_got_a_trigger()
    {
        await using var browser = await OpenAsync("en", 1280);
        await browser.GoAsync(shop.Client.BaseAddress!.ToString());
        await browser.Page.ClickAsync("nav >> text=Triggers");
        await browser.Page.ClickAsync("button:has-text('sent') >> nth=0");
        await browser.Page.ClickAsync("tbody a >> nth=0");
        await browser.Page.WaitForSelectorAsync("h1:has-text('Customer')");
        var id = (await browser.Page.InnerTextAsync("h1"))["Customer ".Length..];
        await browser.Page.WaitForSelectorAsync(".timeline >> text=no activity in the cart for 5s");
        var report = await shop.GetAsync("/api/v1/customers/" + Uri.EscapeDataString(id));
        var carts = report["carts"]!.AsArray().Select(cart => cart!["cartId"]?.GetValue<string>()).OfType<string>();
        var text = await browser.Page.InnerTextAsync("main");
        Assert.All(carts, cart => Assert.Contains(cart, text, StringComparison.Ordinal));
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task A_customer_is_found_by_id_with_the_keyboard_alone()
    {
        var id = (await shop.GetAsync("/api/v1/triggers?kind=emitted&limit=1"))["records"]![0]!["customerId"]!.GetValue<string>();
        await using var browser = await OpenAsync("en", 1280);
        await browser.GoAsync(shop.Client.BaseAddress + "customers");
        await browser.Page.FocusAsync("#customer-id");
        await browser.Page.Keyboard.TypeAsync(id);
        await browser.Page.Keyboard.PressAsync("Enter");
        await browser.Page.WaitForSelectorAsync($"h1:has-text('Customer {id}')");
        await browser.Page.WaitForSelectorAsync("text=What happened, and why");
    }

    [Fact]
    public async Task The_overview_shows_the_figures_of_the_api()
    {
        await using var browser = await OpenAsync("en", 1280);
        await browser.GoAsync(shop.Client.BaseAddress!.ToString());
        foreach (var segment in (await shop.GetAsync("/api/v1/segments"))["segments"]!.AsArray())
        {
            await browser.Page.WaitForSelectorAsync($"main >> text={segment!["segment"]}");
        }

        var before = await FigureAsync(browser, "Customers");
        Assert.InRange((await shop.GetAsync("/api/v1/status"))["customers"]!.GetValue<long>(), before, long.MaxValue);
        await Wait.ForAsync(
            async () => (await FigureAsync(browser, "Customers") > before ? browser : null, "the page stands still"), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_choice_of_language_and_colours_lasts()
    {
        await using var browser = await OpenAsync("en", 1280);
        await browser.GoAsync(shop.Client.BaseAddress + "operations");
        await browser.Page.ClickAsync("text=한국어");
        await browser.Page.WaitForSelectorAsync("h1:has-text('운영')");
        await browser.Page.ClickAsync("text=어둡게");
        await browser.Page.WaitForSelectorAsync("html.dark");
        await browser.GoAsync(shop.Client.BaseAddress + "triggers");
        await browser.Page.WaitForSelectorAsync("html.dark h1:has-text('트리거')");
    }

    [Fact]
    public async Task Definitions_are_checked_while_one_types_planned_and_published_and_take_effect()
    {
        await using var browser = await OpenAsync("en", 1280);
        await browser.GoAsync(shop.Client.BaseAddress + "definitions");
        var before = (await shop.GetAsync(Versions))["versions"]!.AsArray()[^1]!["version"]!.GetValue<string>();
        await browser.Page.FillAsync("#definitions-text", "segments:\n  - { id: viewer, when: did(product_view) }");
        await browser.Page.WaitForSelectorAsync(".problems >> text=unknown event 'product_view'. Did you mean 'product_viewed'?");
        Assert.Equal(
            "    - { id: viewer, when: did(product_view) }\n                              ^", (await browser.Page.InnerTextAsync(".problems pre")).TrimEnd('\n'));
        Assert.True(await browser.Page.IsDisabledAsync("#publish"));

        await browser.Page.FillAsync("#definitions-text", "segments:\n  - { id: viewer, when: did(product_viewed) }");
        await Wait.ForAsync(
            async () =>
            {
                // As a person would: a plan that does not show the segment is asked for again.
                await browser.Page.ClickAsync("#plan:not([disabled])");
                await browser.Page.WaitForSelectorAsync("#plan-table");
                return (await browser.Page.Locator("#plan-table tr:has-text('vip')").CountAsync() > 0 ? browser : null, "the plan has no segment 'vip'");
            },
            TimeSpan.FromMinutes(2));
        Assert.Contains("gone", await browser.Page.InnerTextAsync("#plan-table tr:has-text('vip')"), StringComparison.Ordinal);
        Assert.Contains("new", await browser.Page.InnerTextAsync("#plan-table tr:has-text('viewer')"), StringComparison.Ordinal);
        await browser.TakePictureAsync("definitions-planned", "en", 1280);

        await browser.Page.ClickAsync("#publish");
        await browser.Page.ClickAsync("#decline");
        Assert.Equal(before, (await shop.GetAsync(Versions))["versions"]!.AsArray()[^1]!["version"]!.GetValue<string>());
        await browser.Page.ClickAsync("#publish");
        await browser.Page.ClickAsync("#confirm");
        var version = (await browser.Page.InnerTextAsync("#published")).Split(' ')[1];
        await browser.Page.WaitForSelectorAsync($"#versions tr:has-text('{version}') >> text=in force");
        var list = (await shop.GetAsync(Versions))["versions"]!.AsArray();
        Assert.Equal((version, 4), (list[^1]!["version"]!.GetValue<string>(), list[^1]!["shards"]!.GetValue<int>()));
        await browser.GoAsync(shop.Client.BaseAddress + "segments");
        await browser.Page.WaitForSelectorAsync("main >> text=viewer");

        // And back, by opening the version of before.
        await browser.GoAsync(shop.Client.BaseAddress + "definitions");
        await browser.Page.ClickAsync($"#versions tr:has-text('{before}') >> text=Open");
        await browser.Page.ClickAsync("#publish:not([disabled])");
        await browser.Page.ClickAsync("#confirm");
        var undone = (await browser.Page.InnerTextAsync("#published")).Split(' ')[1];
        await browser.Page.WaitForSelectorAsync($"#versions tr:has-text('{undone}') >> text=in force");
        Assert.Empty(browser.Errors);
    }

    private static async Task<long> FigureAsync(Browser browser, string name) => long.Parse(
        (await browser.Page.InnerTextAsync($".tile:has(.name:text-is('{name}')) .figure")).Replace(",", "", StringComparison.Ordinal),
        System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<Browser> OpenAsync(string language, int width)
    {
        Assert.SkipUnless(File.Exists(Chromium), $"Needs a browser: install Debian's package chromium ({Chromium}).");
        return await Browser.OpenAsync(language, width);
    }

    private sealed class Browser(IPlaywright playwright, IBrowser browser, IPage page) : IAsyncDisposable
    {
        public IPage Page => page;

        public List<string> Errors { get; } = [];

        public static async Task<Browser> OpenAsync(string language, int width)
        {
            var playwright = await Playwright.CreateAsync();
            var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
            var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 900 }, Locale = language });
            context.SetDefaultTimeout(TimeoutMs);
            var opened = new Browser(playwright, browser, await context.NewPageAsync());
            opened.Page.PageError += (_, error) => opened.Errors.Add(error);
            opened.Page.Console += (_, message) =>
            {
                if (message.Type == "error")
                {
                    opened.Errors.Add(message.Text);
                }
            };
            return opened;
        }

        public async Task GoAsync(string address)
        {
            await page.GotoAsync(address);
            await page.WaitForSelectorAsync("main h1");
        }

        public async Task TakePictureAsync(string name, string language, int width)
        {
            if (Environment.GetEnvironmentVariable("STREAMSEGMENTER_SCREENSHOTS") is { Length: > 0 } folder)
            {
                await page.WaitForTimeoutAsync(2_000);
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{language}-{width}.png"), FullPage = true });
            }
        }

        public async ValueTask DisposeAsync()
        {
            await browser.CloseAsync();
            playwright.Dispose();
        }
    }
}
