document.querySelector("[data-tag=external]").textContent = document.querySelector("[data-tags]").dataset.released;
