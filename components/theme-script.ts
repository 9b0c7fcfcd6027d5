/**
 * Runs in <head> before the first paint and puts the stored choices on <html>, so that neither the
 * theme nor the width of the rail changes after it. Inline it with the page's nonce.
 */
export const themeScript = `(function () {
  var root = document.documentElement;
  function stored(key) {
    try {
      var value = localStorage.getItem(key);
      if (value) return value;
    } catch (_) {}
    var match = document.cookie.match("(?:^|; )" + key + "=([a-z]+)");
    return match && match[1];
  }
  var theme = stored("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  if (stored("rail") === "collapsed") root.dataset.rail = "collapsed";
})();`;
